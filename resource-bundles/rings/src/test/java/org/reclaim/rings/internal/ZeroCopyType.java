package org.reclaim.rings.internal;

import java.io.IOException;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.ring.ZeroCopyRing;

/** The type with its zero-copy rings alone. */
final class ZeroCopyType implements ResourceCleanup, ProcessEnding, ZeroCopyIpc {

    static final String TYPE = "rings";

    private final ResourceTable<Object> table;
    private final ZeroCopyRings rings;

    ZeroCopyType(ResourceTables tables, String kernelNamePrefix) {
        table = tables.open(TYPE, Object.class, this::release);
        rings = new ZeroCopyRings(table, kernelNamePrefix);
    }

    private void release(Object resource) throws IOException {
        rings.release((ZeroCopyRing) resource);
    }

    void detach() {
        table.detach();
    }

    /** Makes it. */
    record Provider(String kernelNamePrefix) implements ResourceTypeProvider {

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
            return new ZeroCopyType(tables, kernelNamePrefix);
        }
    }

    @Override
    public void ending(long pid) {
        rings.ending(pid);
    }

    @Override
    public CleanupStats cleanup(long pid) {
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
        return rings.createProducer(pid, name, capacity);
    }

    @Override
    public ResourceHandle<RingConsumer> createConsumer(long pid, String name, long capacity) throws IOException {
        return rings.createConsumer(pid, name, capacity);
    }

    @Override
    public ResourceHandle<RingProducer> attachProducer(long pid, String name) throws IOException {
        return rings.attachProducer(pid, name);
    }

    @Override
    public ResourceHandle<RingConsumer> attachConsumer(long pid, String name) throws IOException {
        return rings.attachConsumer(pid, name);
    }
}
