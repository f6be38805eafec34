package org.reclaim.rings.internal;

import java.util.UUID;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.rings.internal.IoUringSetup.SetupCall;
import org.reclaim.syscalls.IoUringCalls;

/**
 * The type with shared memory under a name of the test's, and with a way to set io_uring up that the test may have
 * given.
 */
record RingsType(String kernelNamePrefix, SetupCall setUp) implements ResourceTypeProvider {

    /** On the real kernel. */
    RingsType() {
        this(IoUringCalls::setUp);
    }

    RingsType(SetupCall setUp) {
        this("reclaim-test-" + UUID.randomUUID() + "-", setUp);
    }

    RingsType(String kernelNamePrefix) {
        this(kernelNamePrefix, IoUringCalls::setUp);
    }

    @Override
    public String resourceType() {
        return Rings.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.RINGS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return createRings(tables);
    }

    /** The type itself. */
    Rings createRings(ResourceTables tables) {
        return new Rings(tables, kernelNamePrefix, setUp);
    }
}
