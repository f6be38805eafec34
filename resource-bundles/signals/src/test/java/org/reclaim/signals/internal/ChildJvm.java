package org.reclaim.signals.internal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalScope;
import org.reclaim.testing.TestPlatform;

/** What a test has another JVM do, and write down. */
final class ChildJvm {

    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true);

    private ChildJvm() {}

    /**
     * Runs it.
     *
     * @param arguments what to do, and with which signal
     */
    public static void main(String[] arguments) throws Exception {
        var signal = PosixSignal.of(arguments[1]);
        switch (arguments[0]) {
            case "caught" -> OUT.println(Kernel.catches(signal));
            case "raise" -> handleOne(signal);
            case "shutdown" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> OUT.println("shutdown hook")));
                handleOne(signal);
                Kernel.raise(signal);
                new CountDownLatch(1).await();
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void handleOne(PosixSignal signal) throws Exception {
        try (var reclaim = new TestPlatform()) {
            long pid = reclaim.start();
            var got = new CountDownLatch(1);
            reclaim.manager(SignalManager.class).handle(pid, signal, SignalScope.JVM, received -> {
                OUT.println("got " + received);
                got.countDown();
            });
            Kernel.raise(signal);
            got.await();
            reclaim.end(pid);
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            OUT.println(e);
        }
    }
}
