package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.api.signal.PosixSignal.WINCH;
import static org.reclaim.api.signal.SignalScope.JVM;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.testing.TestPlatform;

/** Processes come and go with their handlers of one signal, by force. */
class SubscriptionRaceTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 200;

    /** The last of one moment is not to take away what the first of the next one needs. */
    @Test
    void whoeverHasAHandlerGetsTheSignalWhileOthersComeAndGo() throws Exception {
        try (var reclaim = new TestPlatform(); var threads = Executors.newFixedThreadPool(THREADS)) {
            var signals = reclaim.manager(SignalManager.class);
            Callable<Void> comingAndGoing = () -> {
                for (int round = 0; round < ROUNDS; round++) {
                    long pid = reclaim.start();
                    var got = new CountDownLatch(1);
                    signals.handle(pid, WINCH, JVM, signal -> got.countDown());
                    assertThat(Kernel.catches(WINCH)).isTrue();
                    Kernel.raise(WINCH);
                    assertThat(got.await(10, TimeUnit.SECONDS)).isTrue();
                    reclaim.end(pid);
                }
                return null;
            };
            var all = new ArrayList<Future<Void>>();
            for (int i = 0; i < THREADS; i++) {
                all.add(threads.submit(comingAndGoing));
            }
            for (var each : all) {
                each.get();
            }
            assertThat(Kernel.catches(WINCH)).isFalse();
            assertThat(reclaim.processes().inventory().unsettled()).isEmpty();
        }
    }
}
