package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.HUP;
import static org.reclaim.api.signal.PosixSignal.TERM;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.PosixSignal.USR2;
import static org.reclaim.api.signal.SignalScope.JVM;
import static org.reclaim.api.signal.SignalScope.PLATFORM;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.PosixSignal.DefaultAction;
import org.reclaim.api.signal.ReceivedSignal;
import org.reclaim.api.signal.SignalDisposition;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.testing.TestPlatform;

/** Signals between processes that run in the JVM. */
class SentSignalsTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final SignalManager signals = reclaim.manager(SignalManager.class);

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aHandlerGetsTheSignalsInOrderWithTheirSenders() throws Exception {
        long pid = reclaim.start();
        long sender = reclaim.start();
        var handler = Recorder.open();
        signals.handle(pid, USR1, PLATFORM, handler);
        signals.handle(pid, USR2, PLATFORM, handler);

        signals.send(pid, USR1);
        CurrentProcess.run(sender, () -> send(pid, USR2));
        CurrentProcess.run(sender, () -> send(pid, USR1));

        await().until(() -> handler.got().size() == 3);
        assertThat(handler.got()).containsExactly(
                new ReceivedSignal(USR1, OptionalLong.empty(), false),
                new ReceivedSignal(USR2, OptionalLong.of(sender), false),
                new ReceivedSignal(USR1, OptionalLong.of(sender), false));
    }

    @Test
    void handlersOfOneProcessAreNeverCalledAtTheSameTimeAndNoSignalIsLost() throws Exception {
        int each = 500;
        long pid = reclaim.start();
        signals.signals(pid).limitPending(4 * each);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var count = new AtomicInteger();
        for (var signal : new PosixSignal[] {USR1, USR2}) {
            signals.handle(pid, signal, PLATFORM, got -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.yield();
                inside.decrementAndGet();
                count.incrementAndGet();
            });
        }

        try (var threads = Executors.newFixedThreadPool(4)) {
            IntStream.range(0, 4).forEach(i -> threads.submit(() -> {
                for (int n = 0; n < each; n++) {
                    signals.send(pid, i % 2 == 0 ? USR1 : USR2);
                }
                return null;
            }));
        }

        await().until(() -> count.get() == 4 * each);
        assertThat(most).hasValue(1);
    }

    @Test
    void aHandlerThatThrowsDoesNotKeepTheNextSignalFromBeingHandled() throws Exception {
        long pid = reclaim.start();
        var called = new AtomicInteger();
        signals.handle(pid, USR1, PLATFORM, signal -> {
            int call = called.incrementAndGet();
            if (call == 1) {
                throw new AssertionError("an Error");
            }
            if (call == 2) {
                Thread.currentThread().interrupt();
            }
            if (call == 3 && Thread.currentThread().isInterrupted()) {
                called.set(100);
            }
        });

        for (int i = 0; i < 3; i++) {
            signals.send(pid, USR1);
        }

        await().until(() -> called.get() == 3);
    }

    @Test
    void aHandlerCanSendAndCanCloseItself() throws Exception {
        long first = reclaim.start();
        long second = reclaim.start();
        var answers = Recorder.open();
        signals.handle(first, USR2, PLATFORM, answers);
        var handles = new CopyOnWriteArrayList<AutoCloseable>();
        var ready = new CountDownLatch(1);
        handles.add(signals.handle(second, USR1, PLATFORM, signal -> {
            ready.await();
            handles.getFirst().close();
            signals.send(signal.sender().orElseThrow(), USR2);
        }));
        ready.countDown();

        CurrentProcess.run(first, () -> send(second, USR1));

        await().until(() -> answers.got().size() == 1);
        assertThat(answers.got().getFirst().sender()).hasValue(second);
        assertThat(signals.signals(second).disposition(USR1)).isEqualTo(SignalDisposition.DEFAULT);
    }

    @Test
    void theLatestRegistrationCountsAndTheOneBeforeItIsBackWhenItGoes() throws Exception {
        long pid = reclaim.start();
        var first = Recorder.open();
        var second = Recorder.open();
        var process = signals.signals(pid);
        assertThat(process.disposition(USR1)).isEqualTo(SignalDisposition.DEFAULT);
        var firstHandle = signals.handle(pid, USR1, PLATFORM, first);
        var secondHandle = signals.handle(pid, USR1, PLATFORM, second);

        signals.send(pid, USR1);
        await().until(() -> second.got().size() == 1);

        var ignored = signals.ignore(pid, USR1);
        assertThat(process.disposition(USR1)).isEqualTo(SignalDisposition.IGNORED);
        signals.send(pid, USR1);
        assertThat(process.pendingCount()).isZero();

        ignored.close();
        secondHandle.close();
        assertThat(process.disposition(USR1)).isEqualTo(SignalDisposition.HANDLED);
        signals.send(pid, USR1);
        await().until(() -> first.got().size() == 1);
        assertThat(second.got()).hasSize(1);
        firstHandle.close();
        assertThat(process.disposition(USR1)).isEqualTo(SignalDisposition.DEFAULT);
        assertThat(state(pid)).isEqualTo(ProcessState.RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void theDefaultActionIsTakenWhereNobodyHandlesTheSignal(PosixSignal signal) throws Exception {
        long untouched = reclaim.start();
        long touched = reclaim.start();
        signals.signals(touched);

        for (long pid : new long[] {untouched, touched}) {
            if (signal.defaultAction() == DefaultAction.STOP) {
                assertThatThrownBy(() -> signals.send(pid, signal))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining(signal.toString())
                        .hasMessageEndingWith("it can't be stopped");
            } else {
                signals.send(pid, signal);
            }
            switch (signal.defaultAction()) {
                case TERMINATE, DUMP_CORE -> await().until(() -> state(pid) == ProcessState.TERMINATED);
                default -> assertThat(state(pid)).isEqualTo(ProcessState.RUNNING);
            }
        }
    }

    @Test
    void killCanNotBeWithstoodAndASenderThatKillsItselfIsNotInItsOwnWay() {
        long pid = reclaim.start();

        CurrentProcess.run(pid, () -> send(pid, PosixSignal.KILL));

        await().until(() -> state(pid) == ProcessState.TERMINATED);
    }

    @Test
    void aTaskIsInterruptedByASignalThatEndsIt() throws Exception {
        var interrupted = new CountDownLatch(1);
        var started = new CountDownLatch(1);
        long pid = reclaim.processes().start(ProcessSpec.task("sleeper", () -> {
            try {
                started.countDown();
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        })).pid();
        started.await();

        signals.send(pid, TERM);

        interrupted.await();
        await().until(() -> state(pid) == ProcessState.TERMINATED);
    }

    @Test
    void allOthersGetABroadcastAndWhoCanNotTakeItIsNamed() {
        long sender = reclaim.start();
        long handling = reclaim.start();
        long defaulting = reclaim.start();
        long ended = reclaim.start();
        reclaim.end(ended);
        var own = Recorder.open();
        var handler = Recorder.open();
        signals.handle(sender, PosixSignal.TSTP, PLATFORM, own);
        signals.handle(handling, PosixSignal.TSTP, PLATFORM, handler);

        CurrentProcess.run(sender, () -> {
            var broadcast = signals.sendToAll(PosixSignal.TSTP);

            assertThat(broadcast.reached()).containsExactly(handling);
            assertThat(broadcast.refused()).containsOnlyKeys(defaulting);
            assertThat(broadcast.refused().get(defaulting)).contains("can't be stopped");
        });

        await().until(() -> handler.got().size() == 1);
        assertThat(handler.got().getFirst().sender()).hasValue(sender);
        assertThat(own.got()).isEmpty();
        assertThat(signals.sendToAll(PosixSignal.WINCH).reached()).containsExactly(sender, handling, defaulting);
    }

    @Test
    void unknownAndEndedProcessesCanNotBeSentTo() {
        long ended = reclaim.start();
        reclaim.end(ended);

        assertThatThrownBy(() -> signals.send(ended, HUP))
                .isInstanceOf(ProcessEndedException.class)
                .hasMessageEndingWith("it can no longer receive signals");
        assertThatThrownBy(() -> signals.send(ended + 1, HUP)).isInstanceOf(NoSuchProcessException.class);
        assertThatThrownBy(() -> signals.send(0, HUP)).isInstanceOf(NoSuchProcessException.class);
    }

    @Test
    void nothingIsTakenForNull() {
        long pid = reclaim.start();

        assertThatNullPointerException().isThrownBy(() -> signals.send(pid, null));
        assertThatNullPointerException().isThrownBy(() -> signals.sendToAll(null));
        assertThatNullPointerException().isThrownBy(() -> signals.ignore(pid, null));
        assertThatNullPointerException().isThrownBy(() -> signals.handle(pid, null, PLATFORM, Recorder.open()));
        assertThatNullPointerException().isThrownBy(() -> signals.handle(pid, USR1, null, Recorder.open()));
        assertThatNullPointerException().isThrownBy(() -> signals.handle(pid, USR1, PLATFORM, null));
        assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
    }

    @Test
    void whatAProcessHasIsShown() {
        long pid = reclaim.start();
        signals.handle(pid, USR1, PLATFORM, Recorder.open());
        signals.handle(pid, PosixSignal.WINCH, JVM, Recorder.open());
        signals.ignore(pid, HUP);
        signals.signals(pid).block(Set.of(TERM));
        send(pid, TERM);

        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .containsExactlyInAnyOrder(
                        "mask and pending signals",
                        "handler of SIGUSR1",
                        "handler of SIGWINCH, also of real ones",
                        "SIGHUP ignored");
        assertThat(signals.signals(pid)).hasToString("[handler of SIGUSR1, handler of SIGWINCH, also of real ones,"
                + " SIGHUP ignored]; blocked [SIGTERM]; 1 pending");
    }

    private ProcessState state(long pid) {
        return reclaim.processes().process(pid).orElseThrow().state();
    }

    private void send(long pid, PosixSignal signal) {
        try {
            signals.send(pid, signal);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
