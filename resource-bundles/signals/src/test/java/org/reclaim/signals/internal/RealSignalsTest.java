package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.PosixSignal.WINCH;
import static org.reclaim.api.signal.SignalScope.JVM;
import static org.reclaim.api.signal.SignalScope.PLATFORM;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.ReceivedSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.testing.TestPlatform;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Signals that reach the JVM. */
@SuppressWarnings("sunapi")
class RealSignalsTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final SignalManager signals = reclaim.manager(SignalManager.class);
    private long caughtBefore;

    @BeforeEach
    void look() {
        caughtBefore = Kernel.caught();
    }

    @AfterEach
    void nothingIsLeftInTheJvm() {
        reclaim.close();
        assertThat(Kernel.caught()).isEqualTo(caughtBefore);
    }

    @Test
    void aSignalFromTheKernelReachesTheHandlerOnAThreadOfItsProcess() throws Exception {
        long pid = reclaim.start();
        var worksFor = new ArrayList<OptionalLong>();
        var handler = Recorder.open();
        signals.handle(pid, USR1, JVM, signal -> {
            worksFor.add(CurrentProcess.pid());
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            handler.handle(signal);
        });
        assertThat(Kernel.catches(USR1)).isTrue();

        Kernel.raise(USR1);

        await().until(() -> handler.got().size() == 1);
        assertThat(handler.got()).containsExactly(new ReceivedSignal(USR1, OptionalLong.empty(), true));
        assertThat(worksFor).containsExactly(OptionalLong.of(pid));
    }

    @Test
    void aSignalThatJavaRaisesReachesTheHandlerToo() {
        var handler = Recorder.open();
        signals.handle(reclaim.start(), USR1, JVM, handler);

        Signal.raise(new Signal("USR1"));

        await().until(() -> handler.signals().equals(List.of(USR1)));
    }

    @Test
    void closingTheHandlePutsTheDefaultOfTheJvmBack() {
        var handle = signals.handle(reclaim.start(), USR1, JVM, Recorder.open());
        assertThat(Kernel.catches(USR1)).isTrue();

        handle.close();
        handle.close();

        assertThat(Kernel.catches(USR1)).isFalse();
        assertThat(present("USR1")).isEqualTo(SignalHandler.SIG_DFL);
    }

    @Test
    void theEndOfTheProcessPutsTheDefaultOfTheJvmBack() {
        long pid = reclaim.start();
        signals.handle(pid, USR1, JVM, Recorder.open());
        signals.handle(pid, WINCH, JVM, Recorder.open());

        var outcome = reclaim.end(pid, "signals");

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).as("two handlers, mask and pending signals").isEqualTo(3);
        assertThat(Kernel.caught()).isEqualTo(caughtBefore);
    }

    @Test
    void theHandlerThatTheJvmHadIsBackAfterTheLastOne() {
        var theirs = new Theirs();
        var before = Signal.handle(new Signal("HUP"), theirs);
        try {
            var first = signals.handle(reclaim.start(), PosixSignal.HUP, JVM, Recorder.open());
            var second = signals.handle(reclaim.start(), PosixSignal.HUP, JVM, Recorder.open());

            second.close();
            assertThat(present("HUP")).isNotEqualTo(theirs);
            first.close();
            assertThat(present("HUP")).isEqualTo(theirs);
        } finally {
            Signal.handle(new Signal("HUP"), before);
        }
    }

    @Test
    void allProcessesThatHaveAHandlerGetTheSignalEachOnce() throws Exception {
        long first = reclaim.start();
        var one = Recorder.open();
        var other = Recorder.open();
        var hidden = Recorder.open();
        signals.handle(first, USR1, JVM, hidden);
        signals.handle(first, USR1, JVM, one);
        signals.handle(reclaim.start(), USR1, JVM, other);

        Kernel.raise(USR1);

        await().until(() -> one.got().size() == 1 && other.got().size() == 1);
        reclaim.end(first);
        Kernel.raise(USR1);
        await().until(() -> other.got().size() == 2);
        assertThat(one.got()).hasSize(1);
        assertThat(hidden.got()).isEmpty();
    }

    @Test
    void aHandlerForSentSignalsDoesNotTouchTheJvm() {
        signals.handle(reclaim.start(), USR1, PLATFORM, Recorder.open());

        assertThat(Kernel.catches(USR1)).isFalse();
    }

    @Test
    void ofAProcessThatHasBothTheRealSignalReachesTheOneForRealSignals() throws Exception {
        long pid = reclaim.start();
        var real = Recorder.open();
        var sent = Recorder.open();
        signals.handle(pid, USR1, JVM, real);
        signals.handle(pid, USR1, PLATFORM, sent);

        Kernel.raise(USR1);
        signals.send(pid, USR1);

        await().until(() -> real.got().size() == 1 && sent.got().size() == 1);
        assertThat(real.got().getFirst().real()).isTrue();
        assertThat(sent.got().getFirst().real()).isFalse();
    }

    @Test
    void aProcessThatIgnoresASignalIsNotCalledForARealOneAndOthersAre() throws Exception {
        long pid = reclaim.start();
        var ignoring = Recorder.open();
        var other = Recorder.open();
        signals.handle(pid, USR1, JVM, ignoring);
        var ignored = signals.ignore(pid, USR1);
        signals.handle(reclaim.start(), USR1, JVM, other);

        Kernel.raise(USR1);
        await().until(() -> other.got().size() == 1);
        assertThat(ignoring.got()).isEmpty();

        ignored.close();
        Kernel.raise(USR1);
        await().until(() -> ignoring.got().size() == 1);
    }

    @Test
    void aBlockedRealSignalCanBeTaken() throws Exception {
        long pid = reclaim.start();
        var handler = Recorder.open();
        signals.handle(pid, USR1, JVM, handler);
        signals.signals(pid).block(Set.of(USR1));

        Kernel.raise(USR1);

        assertThat(signals.signals(pid).take(Set.of(USR1)).real()).isTrue();
        assertThat(handler.got()).isEmpty();
    }

    @Test
    void realSignalsBeyondTheLimitAreDroppedAndCounted() throws Exception {
        long pid = reclaim.start();
        signals.handle(pid, USR1, JVM, Recorder.open());
        var process = signals.signals(pid);
        process.block(Set.of(USR1));
        process.limitPending(1);

        Kernel.raise(USR1);
        await().until(() -> process.pendingCount() == 1);
        Kernel.raise(USR1);

        await().until(() -> process.dropped() == 1);
        assertThat(process.pendingCount()).isEqualTo(1);
    }

    @Test
    void whatSomebodyElseHasPutInThePlaceOfOursStaysAndOursStepsAsideIfTheyPutItBack() throws Exception {
        var theirs = new Theirs();
        var handle = signals.handle(reclaim.start(), USR1, JVM, Recorder.open());
        var ours = Signal.handle(new Signal("USR1"), theirs);
        handle.close();
        assertThat(present("USR1")).isEqualTo(theirs);

        Signal.handle(new Signal("USR1"), ours);
        Kernel.raise(USR1);

        await().until(() -> !Kernel.catches(USR1));
    }

    @Test
    void oursThatSomebodyElseHasPutBackIsNotTakenForWhatWasThereBefore() {
        var handle = signals.handle(reclaim.start(), USR1, JVM, Recorder.open());
        var ours = Signal.handle(new Signal("USR1"), new Theirs());
        handle.close();
        Signal.handle(new Signal("USR1"), ours);

        signals.handle(reclaim.start(), USR1, JVM, Recorder.open()).close();

        assertThat(present("USR1")).isEqualTo(SignalHandler.SIG_DFL);
    }

    @Test
    void aSignalForWhichOursHasNoSubscriberGoesToTheHandlerThatWasThereBefore() throws Exception {
        var before = new Theirs();
        var signal = new Signal("USR1");
        Signal.handle(signal, before);
        try {
            var handle = signals.handle(reclaim.start(), USR1, JVM, Recorder.open());
            var ours = Signal.handle(signal, new Theirs());
            handle.close();
            Signal.handle(signal, ours);

            Kernel.raise(USR1);

            await().until(() -> before.called == 1);
            assertThat(present("USR1")).isEqualTo(before);
        } finally {
            Signal.handle(signal, SignalHandler.SIG_DFL);
        }
    }

    @Test
    void whoReplacedOursAndCallsItAfterHisOwnReachesTheHandlerAndThenWhatWasThereBefore() throws Exception {
        var before = new Theirs();
        var signal = new Signal("USR1");
        Signal.handle(signal, before);
        try {
            var handler = Recorder.open();
            var handle = signals.handle(reclaim.start(), USR1, JVM, handler);
            var ours = new AtomicReference<SignalHandler>();
            ours.set(Signal.handle(signal, raised -> ours.get().handle(raised)));

            Kernel.raise(USR1);
            await().until(() -> handler.got().size() == 1);
            handle.close();
            Kernel.raise(USR1);

            await().until(() -> before.called == 1);
            assertThat(handler.got()).hasSize(1);
        } finally {
            Signal.handle(signal, SignalHandler.SIG_DFL);
        }
    }

    /** What is taken works and leaves the JVM as it was; what is not is refused, with the reason. */
    @ParameterizedTest
    @EnumSource
    void everySignalIsEitherHandledAndRestoredOrRefusedWithTheReason(PosixSignal signal) throws Exception {
        long pid = reclaim.start();
        if (!signal.isCatchable()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signals.handle(pid, signal, PLATFORM, Recorder.open()))
                    .withMessageStartingWith("signal is " + signal + ", which can't be handled");
            assertThatIllegalArgumentException().isThrownBy(() -> signals.ignore(pid, signal));
        } else if (ReservedSignals.ofThisJvm().reason(signal).isPresent()) {
            assertThat(Kernel.catches(signal)).as("HotSpot does").isTrue();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signals.handle(pid, signal, JVM, Recorder.open()))
                    .withMessageContaining("HotSpot");
            signals.handle(pid, signal, PLATFORM, Recorder.open());
        } else {
            var handler = Recorder.open();
            var handle = signals.handle(pid, signal, JVM, handler);
            assertThat(Kernel.catches(signal)).isTrue();
            Kernel.raise(signal);
            await().until(() -> handler.signals().contains(signal));
            handle.close();
        }
        reclaim.end(pid);
        assertThat(Kernel.caught()).isEqualTo(caughtBefore);
    }

    @Test
    void aSignalThatThisJvmDoesNotKnowIsRefusedAndLeavesNothing() {
        long pid = reclaim.start();

        assertThatThrownBy(() -> signals.handle(pid, PosixSignal.KILL, JVM, Recorder.open()))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(reclaim.end(pid, "signals").status()).isEqualTo(Status.EMPTY);
    }

    /** What the JVM has for a signal. */
    private static SignalHandler present(String name) {
        var signal = new Signal(name);
        var found = Signal.handle(signal, new Theirs());
        Signal.handle(signal, found);
        return found;
    }

    /** Somebody else's handler. */
    private static final class Theirs implements SignalHandler {

        private volatile int called;

        @Override
        public void handle(Signal signal) {
            called++;
        }
    }
}
