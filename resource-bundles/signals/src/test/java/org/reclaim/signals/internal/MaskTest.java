package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.HUP;
import static org.reclaim.api.signal.PosixSignal.KILL;
import static org.reclaim.api.signal.PosixSignal.STOP;
import static org.reclaim.api.signal.PosixSignal.TERM;
import static org.reclaim.api.signal.PosixSignal.TSTP;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.PosixSignal.USR2;
import static org.reclaim.api.signal.SignalScope.PLATFORM;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessState;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.ProcessSignals;
import org.reclaim.api.signal.ReceivedSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalQueueFullException;
import org.reclaim.testing.TestPlatform;

/** Blocking, pending, taking. */
class MaskTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final SignalManager signals = reclaim.manager(SignalManager.class);
    private final long pid = reclaim.start();
    private final ProcessSignals process = signals.signals(pid);
    private final Recorder handler = Recorder.open();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aProcessHasOneMask() {
        assertThat(signals.signals(pid)).isSameAs(process);
        assertThat(process.pid()).isEqualTo(pid);
        assertThat(process.blocked()).isEmpty();
        assertThat(process.pending()).isEmpty();
    }

    @Test
    void changesOfTheMaskTellWhatItWasBefore() {
        assertThat(process.block(Set.of(HUP, USR1))).isEmpty();
        assertThat(process.block(Set.of(USR2))).containsExactlyInAnyOrder(HUP, USR1);
        assertThat(process.unblock(Set.of(HUP, TERM))).containsExactlyInAnyOrder(HUP, USR1, USR2);
        assertThat(process.mask(Set.of(TERM))).containsExactlyInAnyOrder(USR1, USR2);
        assertThat(process.blocked()).containsExactly(TERM);
    }

    @Test
    void blockedSignalsStayPendingInOrderAndAreHandledWhenUnblocked() throws Exception {
        signals.handle(pid, USR1, PLATFORM, handler);
        signals.handle(pid, USR2, PLATFORM, handler);
        process.block(Set.of(USR1));

        signals.send(pid, USR1);
        signals.send(pid, USR2);
        signals.send(pid, USR1);

        await().until(() -> handler.signals().equals(List.of(USR2)));
        assertThat(process.pendingCount()).isEqualTo(2);
        assertThat(process.pending()).extracting(ReceivedSignal::signal).containsExactly(USR1, USR1);
        process.unblock(Set.of(USR1));
        await().until(() -> handler.signals().equals(List.of(USR2, USR1, USR1)));
        assertThat(process.pendingCount()).isZero();
    }

    @Test
    void settingTheMaskUnblocksWhatIsNotInIt() throws Exception {
        signals.handle(pid, USR1, PLATFORM, handler);
        process.block(Set.of(USR1));
        signals.send(pid, USR1);

        process.mask(Set.of(HUP));

        await().until(() -> handler.got().size() == 1);
    }

    @Test
    void whatIsUnblockedMeetsTheDispositionThatItHasThen() throws Exception {
        process.block(Set.of(USR1, USR2, TSTP, TERM));
        for (var signal : Set.of(USR1, USR2, TSTP)) {
            signals.send(pid, signal);
        }
        signals.ignore(pid, USR1);
        signals.handle(pid, USR2, PLATFORM, handler);

        process.unblock(Set.of(USR1, USR2, TSTP));
        await().until(() -> handler.signals().equals(List.of(USR2)));
        await().until(() -> process.pendingCount() == 0);
        assertThat(state()).as("it can't be stopped").isEqualTo(ProcessState.RUNNING);

        signals.send(pid, TERM);
        assertThat(state()).isEqualTo(ProcessState.RUNNING);
        process.unblock(Set.of(TERM));
        await().until(() -> state() == ProcessState.TERMINATED);
    }

    @Test
    void aHandlerThatIsClosedTakesWhatWasOnItsWayWithItButNotWhatIsBlocked() throws Exception {
        var held = Recorder.held();
        var handle = signals.handle(pid, USR1, PLATFORM, held);
        var blocked = signals.handle(pid, USR2, PLATFORM, held);
        process.block(Set.of(USR2));
        signals.send(pid, USR1);
        held.awaitEntered();
        signals.send(pid, USR1);
        signals.send(pid, USR2);

        handle.close();
        blocked.close();

        assertThat(process.pending()).extracting(ReceivedSignal::signal).containsExactly(USR2);
        held.let();
        await().until(() -> held.got().size() == 1);
        assertThat(state()).as("the default action would have ended it").isEqualTo(ProcessState.RUNNING);
    }

    @Test
    void killAndStopCanNotBeBlocked() {
        for (var signal : Set.of(KILL, STOP)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> process.block(Set.of(HUP, signal)))
                    .withMessage("signals has " + signal + ", must not: it can't be blocked");
            assertThatIllegalArgumentException().isThrownBy(() -> process.mask(Set.of(signal)));
        }
        assertThat(process.blocked()).isEmpty();
    }

    @Test
    void whenTheQueueIsFullSendingIsRefusedAndNothingElseChanges() throws Exception {
        process.block(Set.of(HUP, TERM));
        for (int i = 0; i < ProcessSignals.DEFAULT_PENDING_LIMIT; i++) {
            signals.send(pid, HUP);
        }

        assertThatThrownBy(() -> signals.send(pid, TERM))
                .isInstanceOf(SignalQueueFullException.class)
                .hasMessage("Process %d can't take SIGTERM: 128 signals are pending, and no more may be", pid);
        assertThat(signals.sendToAll(TERM).refused()).containsOnlyKeys(pid);

        assertThat(process.pendingCount()).isEqualTo(128);
        assertThat(process.dropped()).as("real ones").isZero();
        process.limitPending(129);
        signals.send(pid, TERM);
        assertThat(process.take(Set.of(TERM)).signal()).isEqualTo(TERM);
    }

    @Test
    void aLowerLimitKeepsWhatIsPending() throws Exception {
        process.block(Set.of(HUP));
        signals.send(pid, HUP);
        signals.send(pid, HUP);

        process.limitPending(1);

        assertThat(process.pendingCount()).isEqualTo(2);
        assertThatThrownBy(() -> signals.send(pid, HUP)).isInstanceOf(SignalQueueFullException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, ProcessSignals.MAX_PENDING_LIMIT + 1})
    void aLimitOutOfRangeIsRefused(int limit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.limitPending(limit))
                .withMessage("limit is " + limit + ", must be from 1 to 65536");
        process.limitPending(ProcessSignals.MAX_PENDING_LIMIT);
    }

    @Test
    void whatIsPendingIsTakenInOrderAndOnlyWhatIsWanted() throws Exception {
        process.block(Set.of(HUP, USR1, USR2));
        signals.send(pid, HUP);
        signals.send(pid, USR1);
        signals.send(pid, USR2);

        assertThat(process.take(Set.of(USR1, USR2)).signal()).isEqualTo(USR1);
        assertThat(process.poll(Set.of(USR1), Duration.ZERO)).isEmpty();
        assertThat(process.poll(Set.of(USR1), Duration.ofNanos(1))).isEmpty();
        assertThat(process.poll(Set.of(USR2), Duration.ofSeconds(Long.MAX_VALUE))).isPresent();
        assertThat(process.pending()).extracting(ReceivedSignal::signal).containsExactly(HUP);
    }

    @Test
    void whoWaitsIsWokenByTheSignalThatHeWaitsFor() throws Exception {
        process.block(Set.of(HUP, USR1));
        var waiting = new FutureTask<>(() -> process.take(Set.of(USR1)));
        start(waiting);

        signals.send(pid, HUP);
        signals.send(pid, USR1);

        assertThat(waiting.get().signal()).isEqualTo(USR1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoWaitsIsWokenByTheEndOfTheProcess(boolean timed) throws Exception {
        process.block(Set.of(USR1));
        var waiting = new FutureTask<Object>(() ->
                timed ? process.poll(Set.of(USR1), Duration.ofDays(1)) : process.take(Set.of(USR1)));
        start(waiting);

        var outcome = reclaim.end(pid, "signals");

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ProcessEndedException.class);
    }

    @Test
    void whoWaitsCanBeInterrupted() throws Exception {
        process.block(Set.of(USR1));
        var waiting = new FutureTask<>(() -> process.take(Set.of(USR1)));
        var thread = start(waiting);

        thread.interrupt();

        assertThatThrownBy(waiting::get).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void waitingForWhatIsNotBlockedIsRefused() {
        process.block(Set.of(HUP));

        assertThatThrownBy(() -> process.take(Set.of(HUP, USR1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("must be blocked; blocked are [SIGHUP]");
        assertThatIllegalArgumentException().isThrownBy(() -> process.take(Set.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.poll(Set.of(HUP), Duration.ofNanos(-1)))
                .withMessage("timeout is PT-0.000000001S, must not be negative");
    }

    @Test
    void theEndOfTheProcessDropsWhatIsPendingAndRefusesEverything() throws Exception {
        process.block(Set.of(USR1));
        signals.send(pid, USR1);

        assertThat(reclaim.end(pid, "signals").status()).isEqualTo(Status.FREED);

        assertThat(process.pendingCount()).isZero();
        assertThatThrownBy(() -> process.block(Set.of(HUP))).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> process.unblock(Set.of(HUP))).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> process.mask(Set.of())).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> process.take(Set.of(USR1))).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> process.poll(Set.of(USR1), Duration.ZERO)).isInstanceOf(ProcessEndedException.class);
    }

    private ProcessState state() {
        return reclaim.processes().process(pid).orElseThrow().state();
    }

    /** Runs it, and waits until it waits. */
    private static Thread start(Runnable task) {
        var thread = Thread.ofPlatform().start(task);
        await().until(() -> thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }
}
