package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalScope;

/** The bundle of the signals goes and comes: the JVM goes on calling the handlers, and nothing of the old one stays. */
public class SignalsIT extends PlatformTest {

    private static final PosixSignal SIGNAL = PosixSignal.USR1;

    private final AtomicInteger called = new AtomicInteger();
    private Bundle signals;
    private long pid;

    @Before
    public void find() {
        signals = bundle("org.reclaim.signals");
        pid = processes().start(ProcessSpec.logical("user of signals")).pid();
    }

    @After
    public void bringBack() throws BundleException {
        signals.start();
    }

    @Test
    public void handlersAreCalledWhileTheBundleIsAwayAndTheNextOneFreesThem() throws Exception {
        handleSignal();
        var process = manager().signals(pid);
        process.block(Set.of(PosixSignal.HUP));
        manager().send(pid, PosixSignal.HUP);

        signals.stop();

        raise();
        await().until(() -> called.get() == 1);
        assertThat(process.take(Set.of(PosixSignal.HUP)).signal()).isEqualTo(PosixSignal.HUP);

        signals.start();
        manager().send(pid, SIGNAL);
        await().until(() -> called.get() == 2);
        var end = processes().terminate(pid);
        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
        assertThat(end.cleanup().stats().byType()).containsEntry("signals", 2L);
        assertThat(isCaught()).isFalse();
    }

    @Test
    public void aSignalSentMeanwhileWaitsUntilTheBundleIsBack() throws Exception {
        handleSignal();
        var manager = manager();
        signals.stop();
        var call = new FutureTask<Void>(() -> {
            manager.send(pid, SIGNAL);
            return null;
        });
        var caller = Thread.ofPlatform().start(call);
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        signals.start();

        call.get();
        await().until(() -> called.get() == 1);
    }

    @Test
    public void theHandlerOfTheJvmIsBackWhenTheBundleIsIfTheProcessEndsMeanwhile() throws Exception {
        handleSignal();
        signals.stop();

        assertThat(processes().terminate(pid).cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .contains(tuple("signals", Status.UNBOUND));
        assertThat(isCaught()).isTrue();

        signals.start();
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        assertThat(isCaught()).isFalse();
    }

    @Test
    public void nothingThatIsHeldKeepsTheClassesOfAnUpdatedBundle() throws Exception {
        handleSignal();
        manager().signals(pid).block(Set.of(PosixSignal.HUP));
        raise();
        await().until(() -> called.get() == 1);
        var old = new WeakReference<>(signals.adapt(BundleWiring.class).getClassLoader());

        try (var jar = Files.newInputStream(Distribution.jar("org.reclaim.signals"))) {
            signals.update(jar);
        }

        await().until(() -> {
            System.gc();
            return old.get() == null;
        });
        raise();
        await().until(() -> called.get() == 2);
    }

    private void handleSignal() throws IOException {
        manager().handle(pid, SIGNAL, SignalScope.JVM, received -> called.incrementAndGet());
        assertThat(isCaught()).isTrue();
    }

    private static SignalManager manager() {
        return service(SignalManager.class);
    }

    /** A real one, from another process of the operating system. */
    private static void raise() throws Exception {
        var kill = new ProcessBuilder(
                "kill", "-" + SIGNAL.name(), Long.toString(ProcessHandle.current().pid()));
        assertThat(kill.start().waitFor()).isZero();
    }

    /** Whether the kernel delivers the signal to a handler of this JVM. */
    private static boolean isCaught() throws IOException {
        var mask = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigCgt:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElseThrow();
        return (mask >>> SIGNAL.number() - 1 & 1) == 1;
    }
}
