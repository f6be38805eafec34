package org.reclaim.cli.internal.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A platform whose commands are pieces of a test. */
final class TestPlatform implements PlatformWork {

    /** What a client has running. */
    final BlockingQueue<Running> running = new LinkedBlockingQueue<>();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile Body body = streams -> 0;

    /** What a command does. */
    interface Body {
        int run(ClientStreams streams) throws Exception;
    }

    /** One command, and what became of it. */
    static final class Running implements ClientWork {

        final Object asked;
        final CountDownLatch cancelled = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        final BlockingQueue<WindowSize> sizes = new LinkedBlockingQueue<>();

        private final Body body;
        private final ClientStreams streams;
        private volatile Throwable failure;
        private volatile Thread thread;

        Running(Object asked, Body body, ClientStreams streams) {
            this.asked = asked;
            this.body = body;
            this.streams = streams;
        }

        @Override
        public int run() throws Exception {
            thread = Thread.currentThread();
            try {
                return body.run(streams);
            } catch (Exception e) {
                failure = e;
                throw e;
            } finally {
                ended.countDown();
            }
        }

        @Override
        public void cancel() {
            cancelled.countDown();
            thread.interrupt();
        }

        @Override
        public void resize(WindowSize size) {
            sizes.add(size);
        }

        Thread thread() {
            return thread;
        }

        Optional<Throwable> failure() {
            return Optional.ofNullable(failure);
        }
    }

    /** What the commands do from now on. */
    void does(Body next) {
        body = next;
    }

    /** The next command that a client has asked for. */
    Running next() throws InterruptedException {
        return Optional.ofNullable(running.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    boolean awaitStop() throws InterruptedException {
        return stopped.await(20, TimeUnit.SECONDS);
    }

    @Override
    public ClientWork commands(List<String> lines, ClientStreams streams) {
        return work(lines, streams);
    }

    @Override
    public ClientWork console(Optional<ClientTerminal> terminal, ClientStreams streams) {
        return work(terminal, streams);
    }

    /** The next commands cannot even begin. */
    void refusesToBegin(int times) {
        refusals.set(times);
    }

    private Running work(Object asked, ClientStreams streams) {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new NoClassDefFoundError("half/Gone");
        }
        var work = new Running(asked, body, streams);
        running.add(work);
        return work;
    }

    @Override
    public String status() {
        return "running\n";
    }

    @Override
    public long stopMillis() {
        return 45_000;
    }

    @Override
    public void stop() {
        stopped.countDown();
    }
}
