package org.reclaim.signals.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.ReceivedSignal;
import org.reclaim.api.signal.SignalHandler;

/** A handler that writes down what it gets, once it is let. */
final class Recorder implements SignalHandler {

    private final List<ReceivedSignal> got = new CopyOnWriteArrayList<>();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch let;

    private Recorder(int gates) {
        let = new CountDownLatch(gates);
    }

    static Recorder open() {
        return new Recorder(0);
    }

    /** Each call waits until {@link #let} was called, or it is interrupted. */
    static Recorder held() {
        return new Recorder(1);
    }

    @Override
    public void handle(ReceivedSignal signal) throws InterruptedException {
        entered.countDown();
        let.await();
        got.add(signal);
    }

    void awaitEntered() throws InterruptedException {
        entered.await();
    }

    void let() {
        let.countDown();
    }

    List<ReceivedSignal> got() {
        return got;
    }

    List<PosixSignal> signals() {
        return got.stream().map(ReceivedSignal::signal).toList();
    }
}
