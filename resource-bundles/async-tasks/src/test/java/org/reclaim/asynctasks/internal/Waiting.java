package org.reclaim.asynctasks.internal;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Code that waits until it is interrupted, and then stops as good code does. */
final class Waiting implements Callable<String> {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Override
    public String call() throws InterruptedException {
        entered.countDown();
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    void awaitEntered() throws InterruptedException {
        entered.await();
    }

    void awaitInterrupted() throws InterruptedException {
        interrupted.await();
    }

    boolean wasInterrupted() {
        return interrupted.getCount() == 0;
    }
}
