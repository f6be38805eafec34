package org.reclaim.rings.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.LimitedResourceType;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.api.ring.RingPipe;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.ring.ZeroCopyRing;
import org.reclaim.rings.internal.IoUringSetup.SetupCall;
import org.reclaim.syscalls.IoUringCalls;
import org.reclaim.syscalls.SharedMemory;

/**
 * The type {@code rings}: {@link ZeroCopyRings} and {@link IoUrings} on one table. Where there is no io_uring the
 * zero-copy rings work all the same.
 */
@Component(
        service = ResourceCleanup.class,
        property = {
            ServiceProperties.MANAGER + "=org.reclaim.api.ring.ZeroCopyIpc",
            ServiceProperties.MANAGER + "=org.reclaim.api.ring.IoUringManager"
        })
@ServiceRanking(CleanupRanking.RINGS)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.ring.ZeroCopyIpc,org.reclaim.api.ring.IoUringManager\"",
        uses = ZeroCopyIpc.class,
        effective = "active")
public final class Rings implements ResourceCleanup, ProcessEnding, LimitedResourceType, ZeroCopyIpc, IoUringManager {

    static final String TYPE = "rings";

    /** Framework or system property: the private folder of this run of the platform. */
    private static final String RUNTIME_FOLDER = "reclaim.runtime.dir";

    private final ResourceTable<Object> table;
    private final ZeroCopyRings zeroCopy;
    private final IoUrings ioUring;

    /**
     * Opens the table, in OSGi.
     *
     * @param tables  where rings are tracked
     * @param context knows the properties of the framework
     */
    @Activate
    public Rings(@Reference ResourceTables tables, BundleContext context) {
        this(tables, context::getProperty);
    }

    /** Opens the table, with a platform's properties. */
    Rings(ResourceTables tables, UnaryOperator<String> properties) {
        this(
                tables,
                SharedMemory.instancePrefix(Optional.ofNullable(properties.apply(RUNTIME_FOLDER)).map(Path::of)),
                IoUringCalls::setUp);
    }

    /** Opens the table. */
    Rings(ResourceTables tables, String kernelNamePrefix, SetupCall setUp) {
        table = tables.open(TYPE, Object.class, Rings::release);
        zeroCopy = new ZeroCopyRings(table, kernelNamePrefix);
        ioUring = new IoUrings(table, setUp);
    }

    private static void release(Object resource) throws IOException {
        if (resource instanceof ZeroCopyRing ring) {
            ZeroCopyRings.release(ring);
        } else {
            IoUrings.release(resource);
        }
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public Optional<String> limitation() {
        return ioUring.limitation();
    }

    @Override
    public void ending(long pid) {
        zeroCopy.ending(pid);
        ioUring.ending(pid);
    }

    @Override
    public CleanupStats cleanup(long pid) {
        // It may not have been told, or too late.
        zeroCopy.ending(pid);
        ioUring.prepare(pid);
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
    public ResourceHandle<RingProducer> createProducer(long pid, String name, long capacity) throws IOException {
        return zeroCopy.createProducer(pid, name, capacity);
    }

    @Override
    public ResourceHandle<RingConsumer> createConsumer(long pid, String name, long capacity) throws IOException {
        return zeroCopy.createConsumer(pid, name, capacity);
    }

    @Override
    public ResourceHandle<RingProducer> attachProducer(long pid, String name) throws IOException {
        return zeroCopy.attachProducer(pid, name);
    }

    @Override
    public ResourceHandle<RingConsumer> attachConsumer(long pid, String name) throws IOException {
        return zeroCopy.attachConsumer(pid, name);
    }

    @Override
    public ResourceHandle<IoUring> open(long pid, int entries, long bufferBytes) throws IOException {
        return ioUring.open(pid, entries, bufferBytes);
    }

    @Override
    public ResourceHandle<RingDescriptor> openFile(long pid, Path path, OpenOption... options) throws IOException {
        return ioUring.openFile(pid, path, options);
    }

    @Override
    public ResourceHandle<RingPipe> openPipe(long pid) throws IOException {
        return ioUring.openPipe(pid);
    }

    @Override
    public ResourceHandle<RingDescriptor> listenTcp(long pid, InetSocketAddress local, int backlog) throws IOException {
        return ioUring.listenTcp(pid, local, backlog);
    }

    @Override
    public ResourceHandle<RingDescriptor> openTcp(long pid, ProtocolFamily family) throws IOException {
        return ioUring.openTcp(pid, family);
    }

    @Override
    public ResourceHandle<RingDescriptor> trackAccepted(IoUring ring, int result) {
        return ioUring.trackAccepted(ring, result);
    }
}
