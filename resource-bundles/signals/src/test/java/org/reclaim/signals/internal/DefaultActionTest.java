package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.CHLD;
import static org.reclaim.api.signal.PosixSignal.KILL;
import static org.reclaim.api.signal.PosixSignal.STOP;
import static org.reclaim.api.signal.PosixSignal.TERM;
import static org.reclaim.api.signal.PosixSignal.TSTP;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.SignalScope.JVM;
import static org.reclaim.api.signal.SignalScope.PLATFORM;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.SignalDisposition;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.testing.TestPlatform;

/** The default action of a signal is put in front of handlers, and taken away again. */
class DefaultActionTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final SignalManager signals = reclaim.manager(SignalManager.class);
    private final Recorder handler = Recorder.open();
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
        assertThat(Kernel.catches(USR1)).isFalse();
    }

    private ProcessState state() {
        return reclaim.processes().process(pid).map(process -> process.state()).orElse(ProcessState.TERMINATED);
    }

    @Test
    void itIsTakenInTheHandlersPlace() throws Exception {
        signals.handle(pid, TERM, PLATFORM, handler);

        signals.useDefault(pid, TERM);

        assertThat(signals.signals(pid).disposition(TERM)).isEqualTo(SignalDisposition.DEFAULT);
        signals.send(pid, TERM);
        await().until(() -> state() == ProcessState.TERMINATED);
        assertThat(handler.got()).isEmpty();
    }

    @Test
    void whatMeansNothingByDefaultMeansNothing() throws Exception {
        signals.handle(pid, CHLD, PLATFORM, handler);
        var byDefault = signals.useDefault(pid, CHLD);

        signals.send(pid, CHLD);
        assertThat(signals.signals(pid).pendingCount()).isZero();

        byDefault.close();
        signals.send(pid, CHLD);
        await().until(() -> handler.got().size() == 1);
        assertThat(state()).isEqualTo(ProcessState.RUNNING);
    }

    @Test
    void theHandlerIsBackWhenItGoesAndALaterOneIsInFrontOfIt() throws Exception {
        signals.handle(pid, USR1, PLATFORM, handler);
        var byDefault = signals.useDefault(pid, USR1);
        var latest = Recorder.open();
        var handle = signals.handle(pid, USR1, PLATFORM, latest);

        signals.send(pid, USR1);
        await().until(() -> latest.got().size() == 1);

        handle.close();
        byDefault.close();
        signals.send(pid, USR1);
        await().until(() -> handler.got().size() == 1);
        assertThat(latest.got()).hasSize(1);
    }

    @Test
    void whatWasBlockedMeetsItWhenItIsUnblocked() throws Exception {
        signals.handle(pid, USR1, PLATFORM, handler);
        signals.signals(pid).block(Set.of(USR1));
        signals.send(pid, USR1);
        signals.useDefault(pid, USR1);
        assertThat(state()).isEqualTo(ProcessState.RUNNING);

        signals.signals(pid).unblock(Set.of(USR1));

        await().until(() -> state() == ProcessState.TERMINATED);
        assertThat(handler.got()).isEmpty();
    }

    @Test
    void whatWouldStopItIsRefusedAsWithoutAnyHandler() {
        signals.handle(pid, TSTP, PLATFORM, handler);
        signals.useDefault(pid, TSTP);

        assertThatThrownBy(() -> signals.send(pid, TSTP))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageEndingWith("it can't be stopped");
    }

    @Test
    void theProcessIsNotCalledForARealOneAndOthersAre() throws Exception {
        var other = Recorder.open();
        signals.handle(pid, USR1, JVM, handler);
        var byDefault = signals.useDefault(pid, USR1);
        signals.handle(reclaim.start(), USR1, JVM, other);

        Kernel.raise(USR1);
        await().until(() -> other.got().size() == 1);
        assertThat(handler.got()).isEmpty();
        assertThat(state()).isEqualTo(ProcessState.RUNNING);

        byDefault.close();
        Kernel.raise(USR1);
        await().until(() -> handler.got().size() == 1);
    }

    @Test
    void itIsShownAndGoesWithItsProcess() {
        signals.useDefault(pid, USR1);

        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .contains("default action of SIGUSR1");
        var outcome = reclaim.end(pid, Signals.TYPE);
        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(2);
    }

    @Test
    void badInputIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signals.useDefault(pid, KILL))
                .withMessage("signal is SIGKILL, which can't be handled: the kernel does not let anybody");
        assertThatIllegalArgumentException().isThrownBy(() -> signals.useDefault(pid, STOP));
        assertThatNullPointerException().isThrownBy(() -> signals.useDefault(pid, null));
        reclaim.end(pid);
        assertThatThrownBy(() -> signals.useDefault(pid, USR1)).isInstanceOf(ProcessEndedException.class);
    }
}
