package org.reclaim.rings.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.api.ring.RingPipe;
import org.reclaim.rings.internal.IoUringSetup.SetupCall;
import org.reclaim.syscalls.IoUringCalls;

/** The type {@code rings} with nothing but io_uring. */
final class IoUringType implements ResourceCleanup, ProcessEnding, IoUringManager {

    static final String TYPE = "rings";

    private final ResourceTable<Object> table;
    private final IoUrings ioUrings;

    IoUringType(ResourceTables tables, SetupCall call) {
        table = tables.open(TYPE, Object.class, resource -> ioUrings().release(resource));
        ioUrings = new IoUrings(table, call);
    }

    private IoUrings ioUrings() {
        return ioUrings;
    }

    static ResourceTypeProvider provider() {
        return provider(IoUringCalls::setUp);
    }

    static ResourceTypeProvider provider(SetupCall call) {
        return new ResourceTypeProvider() {
            @Override
            public String resourceType() {
                return TYPE;
            }

            @Override
            public int ranking() {
                return CleanupRanking.RINGS;
            }

            @Override
            public ResourceCleanup create(ResourceTables tables) {
                return new IoUringType(tables, call);
            }
        };
    }

    void detach() {
        table.detach();
    }

    @Override
    public void ending(long pid) {
        ioUrings.ending(pid);
    }

    @Override
    public CleanupStats cleanup(long pid) {
        ioUrings.prepare(pid);
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }

    @Override
    public Optional<String> limitation() {
        return ioUrings.limitation();
    }

    @Override
    public ResourceHandle<IoUring> open(long pid, int entries, long bufferBytes) throws IOException {
        return ioUrings.open(pid, entries, bufferBytes);
    }

    @Override
    public ResourceHandle<RingDescriptor> openFile(long pid, Path path, OpenOption... options) throws IOException {
        return ioUrings.openFile(pid, path, options);
    }

    @Override
    public ResourceHandle<RingPipe> openPipe(long pid) throws IOException {
        return ioUrings.openPipe(pid);
    }

    @Override
    public ResourceHandle<RingDescriptor> listenTcp(long pid, InetSocketAddress local, int backlog)
            throws IOException {
        return ioUrings.listenTcp(pid, local, backlog);
    }

    @Override
    public ResourceHandle<RingDescriptor> openTcp(long pid, ProtocolFamily family) throws IOException {
        return ioUrings.openTcp(pid, family);
    }
}
