package org.reclaim.asynctasks.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Code that ignores interrupts until it is let go. */
final class Stubborn implements Runnable {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();

    @Override
    public void run() {
        entered.countDown();
        while (letGo.getCount() > 0) {
            try {
                letGo.await();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
            }
        }
    }

    void awaitEntered() throws InterruptedException {
        entered.await();
    }

    int interrupts() {
        return interrupts.get();
    }

    void letGo() {
        letGo.countDown();
    }
}
