package org.reclaim.orchestrator.internal.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Foreign code that does not return before it is let go. Closing it lets everything go. */
public final class Hang implements AutoCloseable {

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();

    /** Hangs until let go, or interrupted: then it throws, as blocking calls do. */
    public void untilInterrupted() {
        inside.incrementAndGet();
        try {
            released.await();
        } catch (InterruptedException e) {
            interrupts.incrementAndGet();
            throw new IllegalStateException("interrupted while it hung", e);
        } finally {
            inside.decrementAndGet();
        }
    }

    /** Hangs until let go, whatever happens. */
    public void ignoringInterrupts() {
        inside.incrementAndGet();
        try {
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
        } finally {
            inside.decrementAndGet();
        }
    }

    /** How many threads hang now. */
    public int inside() {
        return inside.get();
    }

    /** How often a thread was interrupted while it hung. */
    public int interrupts() {
        return interrupts.get();
    }

    /** Waits until so many threads hang. */
    public void awaitInside(int threads) {
        Patience.until(() -> inside.get() == threads);
    }

    /** Lets all go, those that come later, too. */
    public void letGo() {
        released.countDown();
    }

    @Override
    public void close() {
        letGo();
    }
}
