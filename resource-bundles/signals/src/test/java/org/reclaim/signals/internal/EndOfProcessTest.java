package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.HUP;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.SignalScope.JVM;
import static org.reclaim.api.signal.SignalScope.PLATFORM;

import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.ProcessSignals;
import org.reclaim.api.signal.ReceivedSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalRegistration;
import org.reclaim.testing.TestPlatform;

/** What becomes of handlers that run when their process ends. */
class EndOfProcessTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final SignalManager signals = reclaim.manager(SignalManager.class);
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
        assertThat(Kernel.catches(USR1)).isFalse();
    }

    @Test
    void theHandlerThatRunsIsInterruptedAndNoOtherBegins() throws Exception {
        var handler = Recorder.held();
        signals.handle(pid, USR1, PLATFORM, handler);
        signals.send(pid, USR1);
        signals.send(pid, USR1);
        handler.awaitEntered();

        var outcome = reclaim.end(pid, "signals");

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(2);
        assertThat(handler.got()).isEmpty();
    }

    @Test
    void aHandlerThatDoesNotReturnIsNamedAndKeepsTheProcessUnsettledUntilItDoes() throws Exception {
        var stubborn = new Stubborn();
        signals.handle(pid, USR1, JVM, signal -> stubborn.run());
        Kernel.raise(USR1);
        stubborn.entered.await();

        var outcome = reclaim.end(pid, "signals");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail())
                .contains("the handler of SIGUSR1 has not returned")
                .contains(Stubborn.class.getName() + ".run");
        assertThat(Kernel.catches(USR1)).as("the JVM does not wait for it").isFalse();
        assertThat(reclaim.processes().inventory().unsettled()).hasSize(1);

        stubborn.let.countDown();
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
    }

    @Test
    void theThreadOfAHandlerThatReturnsTooLateReleasesItself() throws Exception {
        var stubborn = new Stubborn();
        var closedBy = new CompletableFuture<String>();
        var process = new ProcessSignals(pid, reclaim.processes());
        process.trackedAs(new ResourceHandle<>() {
            @Override
            public ProcessSignals get() {
                return process;
            }

            @Override
            public long pid() {
                return pid;
            }

            @Override
            public void close() {
                closedBy.complete(Thread.currentThread().getName());
            }
        });
        SignalRegistration.handling(process, USR1, PLATFORM, signal -> stubborn.run());
        process.send(new ReceivedSignal(USR1, OptionalLong.empty(), false));
        stubborn.entered.await();
        assertThatThrownBy(process::release).isInstanceOf(IllegalStateException.class);
        assertThat(closedBy).isNotDone();

        stubborn.let.countDown();

        assertThat(closedBy.get(10, TimeUnit.SECONDS)).isEqualTo("reclaim-signals-" + pid);
        process.release();
    }

    @Test
    void aHandlerMayEndItsOwnProcess() throws Exception {
        var ended = new CountDownLatch(1);
        signals.handle(pid, USR1, PLATFORM, signal -> {
            reclaim.end(pid);
            ended.countDown();
        });

        signals.send(pid, USR1);

        ended.await();
        await().until(() -> reclaim.processes().processes().isEmpty());
        assertThat(reclaim.processes().inventory().unsettled()).isEmpty();
    }

    @Test
    void aHandlerThatTakesLongIsNotWaitedForByWhoClosesIt() throws Exception {
        var handler = Recorder.held();
        var handle = signals.handle(pid, USR1, JVM, handler);
        Kernel.raise(USR1);
        handler.awaitEntered();

        handle.close();

        assertThat(Kernel.catches(USR1)).isFalse();
        handler.let();
        await().until(() -> handler.got().size() == 1);
        assertThat(reclaim.end(pid, "signals").status()).isEqualTo(Status.FREED);
    }

    @Test
    void signalsThatComeAfterTheEndAreRefusedOrDropped() throws Exception {
        var other = Recorder.open();
        var handler = Recorder.open();
        signals.handle(pid, USR1, JVM, handler);
        signals.handle(reclaim.start(), USR1, JVM, other);
        var process = signals.signals(pid);
        reclaim.end(pid);

        Kernel.raise(USR1);

        await().until(() -> other.got().size() == 1);
        assertThat(handler.got()).isEmpty();
        assertThat(process.pendingCount()).isZero();
        assertThatThrownBy(() -> signals.send(pid, USR1)).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> process.block(Set.of(HUP))).isInstanceOf(ProcessEndedException.class);
    }

    @Test
    void aProcessWithNothingButPendingSignalsIsCleanedToo() throws Exception {
        signals.signals(pid).block(Set.of(HUP));
        signals.send(pid, HUP);

        var outcome = reclaim.end(pid, "signals");

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
    }

    /** Code that does not care about interrupts. */
    private static final class Stubborn {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch let = new CountDownLatch(1);

        void run() {
            entered.countDown();
            while (true) {
                try {
                    let.await();
                    return;
                } catch (InterruptedException e) {
                    continue; // on purpose
                }
            }
        }
    }
}
