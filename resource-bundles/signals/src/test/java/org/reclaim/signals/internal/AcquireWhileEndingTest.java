package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalScope;
import org.reclaim.testing.InterposedProvider;
import org.reclaim.testing.TestPlatform;

/** All ways to acquire: refused at once or when the process has ended meanwhile, at a chosen moment and by force. */
class AcquireWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 50;
    private static final int ROUNDS = 50;

    private long caughtBefore;

    /** One way; says how many resources it made. */
    enum Way {
        HANDLE_REAL {
            @Override
            int acquire(SignalManager signals, long pid) {
                signals.handle(pid, PosixSignal.USR1, SignalScope.JVM, signal -> {});
                return 1;
            }
        },
        HANDLE_SENT {
            @Override
            int acquire(SignalManager signals, long pid) {
                signals.handle(pid, PosixSignal.USR1, SignalScope.PLATFORM, signal -> {});
                return 1;
            }
        },
        IGNORE {
            @Override
            int acquire(SignalManager signals, long pid) {
                signals.ignore(pid, PosixSignal.USR1);
                return 1;
            }
        },
        SIGNALS {
            @Override
            int acquire(SignalManager signals, long pid) {
                signals.signals(pid);
                return 0; // made once, however often it is asked for
            }
        };

        abstract int acquire(SignalManager signals, long pid);
    }

    @BeforeEach
    void look() {
        caughtBefore = Kernel.caught();
    }

    @AfterEach
    void nothingIsLeftInTheJvm() {
        assertThat(Kernel.caught()).isEqualTo(caughtBefore);
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) {
        try (var reclaim = new TestPlatform()) {
            var signals = reclaim.manager(SignalManager.class);
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.acquire(signals, ended + 1)).isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.acquire(signals, ended)).isInstanceOf(ProcessEndedException.class);

            assertThat(Kernel.caught()).isEqualTo(caughtBefore);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedAndLeavesNothing(Way way) {
        assertRefusedIfTheProcessEndsAfter("reserve", way);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HANDLE_REAL", "HANDLE_SENT", "IGNORE"})
    void alsoWhenTheProcessEndsBetweenItsSignalsAndTheRegistration(Way way) {
        assertRefusedIfTheProcessEndsAfter("one", way);
    }

    private void assertRefusedIfTheProcessEndsAfter(String moment, Way way) {
        var end = new AtomicReference<Runnable>();
        try (var reclaim = new TestPlatform(
                new InterposedProvider(new SignalsProvider(), moment, () -> end.get().run()))) {
            long pid = reclaim.start();
            end.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.acquire(reclaim.manager(SignalManager.class), pid))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            assertThat(Kernel.caught()).isEqualTo(caughtBefore);
            assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
            // An end in the midst of making what a process has once can't wait for it to be made, and is settled later.
            await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAcquisitionIsFreedOrRefused(Way way) throws Exception {
        try (var reclaim = new TestPlatform(); var threads = Executors.newFixedThreadPool(THREADS)) {
            var signals = reclaim.manager(SignalManager.class);
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var running = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<Integer> acquiring = () -> acquireUntilRefused(signals, way, pid, running, ended);
                var acquired = new ArrayList<Future<Integer>>();
                for (int i = 0; i < THREADS; i++) {
                    acquired.add(threads.submit(acquiring));
                }
                running.await();

                TypeOutcome outcome;
                try {
                    outcome = reclaim.end(pid, "signals");
                } finally {
                    ended.countDown();
                }

                int count = 0;
                for (var each : acquired) {
                    count += each.get();
                }
                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                assertThat(outcome.stats().resourcesFreed()).as("and mask and pending signals").isEqualTo(count + 1);
                assertThat(Kernel.caught()).isEqualTo(caughtBefore);
            }
            assertThat(reclaim.processes().inventory().unsettled()).isEmpty();
        }
    }

    private static int acquireUntilRefused(
            SignalManager signals, Way way, long pid, CountDownLatch running, CountDownLatch ended) throws Exception {
        int acquired = 0;
        try {
            for (int calls = 1;; calls++) {
                acquired += way.acquire(signals, pid);
                if (calls == 2) {
                    running.countDown();
                } else if (calls == ENOUGH) {
                    ended.await();
                }
            }
        } catch (ProcessEndedException refused) {
            return acquired;
        }
    }
}
