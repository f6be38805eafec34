package org.reclaim.api.ring;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How an instance ends: everything under way is cancelled and taken from the kernel, then nobody is within a call, then
 * the arena is closed. Closing the descriptor alone would end the operations as well, but not tell when: until then the
 * kernel may write into the buffers.
 */
final class RingEnd implements AutoCloseable {

    /** How long the kernel has before it is asked again. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final RingSetup setup;
    private final RingCore core;
    private final CompletionWait waits;
    private final long deadline;
    private boolean interrupted;

    private RingEnd(RingSetup setup, RingCore core, CompletionWait waits, Duration patience) {
        this.setup = setup;
        this.core = core;
        this.waits = waits;
        deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience);
    }

    /** See {@link IoUring#end}. */
    static boolean end(RingSetup setup, RingCore core, CompletionWait waits, Duration patience)
            throws IoUringException {
        try (var end = new RingEnd(setup, core, waits, patience)) {
            return end.drain();
        }
    }

    /** See {@link IoUring#release}. */
    static Optional<RingRemains> release(RingSetup setup, RingCore core, CompletionWait waits, Duration patience)
            throws IOException {
        if (!setup.arena().scope().isAlive()) {
            return Optional.empty();
        }
        try (var end = new RingEnd(setup, core, waits, patience)) {
            if (!end.drain()) {
                throw new IOException(
                        "Still held: " + setup.label() + ", the kernel has not ended " + core.inFlightText());
            }
            end.awaitNoLeader();
            core.accepted().closeAll();
            end.closeArena();
            return Optional.of(setup.remains());
        }
    }

    private boolean drain() throws IoUringException {
        try {
            core.end();
        } finally {
            waits.wake();
        }
        long asked = System.nanoTime();
        while (!core.drain()) {
            waits.wake(); // for what was taken from the kernel here, even if more is to come
            long now = System.nanoTime();
            if (now - deadline >= 0) {
                return false;
            }
            if (now - asked > AGAIN_NANOS) {
                core.end(); // what it was just going on with it could not find
                asked = now;
            }
            uninterrupted(() -> waits.await(waits.wakes(), AGAIN_NANOS));
        }
        waits.wake(); // for what was taken from the kernel here
        return true;
    }

    /** Who waits in the kernel uses the memory and the descriptors. */
    private void awaitNoLeader() {
        while (System.nanoTime() - deadline < 0) {
            if (uninterrupted(() -> waits.awaitNoLeader(deadline - System.nanoTime()))) {
                return;
            }
        }
    }

    /** From here on no access reaches the memory, whoever still has a segment. */
    private void closeArena() throws IOException {
        try {
            setup.arena().close();
        } catch (IllegalStateException e) {
            throw new IOException("Still held: a call uses memory of " + setup.label(), e);
        }
    }

    /** Gives an interrupt on that came meanwhile. */
    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Remembers an interrupt: to end is not given up. True unless it came in between. */
    private boolean uninterrupted(Wait wait) {
        try {
            wait.await();
            return true;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        }
    }

    /** Waits for something. */
    private interface Wait {
        void await() throws InterruptedException;
    }
}
