package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.reclaim.api.BundleProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Lodger;
import org.reclaim.itests.osgi.foreign.Lodgers;

/** Bundles that hold resources in their own name: however one of them stops, nothing of it is left. */
public class BundleProcessIT extends PlatformTest {

    private static final int RESTARTS = 100;

    /** Something that ends an activation of a bundle. */
    private interface Stop {
        void apply(Bundle bundle) throws Exception;
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        TestBundle.of("lodger.component", Lodger.class, Lodgers.class, Journal.class).writeTo(runtime);
        activator(Lodgers.Plain.class).writeTo(runtime);
        activator(Lodgers.FailsToStart.class).writeTo(runtime);
        activator(Lodgers.FailsToStop.class).writeTo(runtime);
        activator(Lodgers.LastWords.class).writeTo(runtime);
    }

    static TestBundle activator(Class<? extends Lodgers.Plain> type) {
        return TestBundle.of("lodger." + type.getSimpleName(), type, Lodgers.Plain.class, Lodgers.class, Journal.class)
                .with(Constants.BUNDLE_ACTIVATOR, type.getName());
    }

    @Before
    public void forget() throws IOException {
        Files.deleteIfExists(runtime().resolve("journal"));
    }

    @Test
    public void theConsoleShowsItUnderTheNameOfTheBundle() throws Exception {
        long pid = start("lodger.component");

        assertThat(processes().processes())
                .extracting(ProcessInfo::pid, ProcessInfo::name, ProcessInfo::kind, ProcessInfo::state)
                .containsExactly(tuple(pid, "lodger.component 1.0.0", ProcessKind.BUNDLE, ProcessState.RUNNING));
        assertThat(service(ResourceInventory.class).resources(pid)).hasSize(3);
    }

    @Test
    public void stoppingTheBundleFreesAllInOrderAndReportsIt() throws Exception {
        assertFreedBy(Bundle::stop);
    }

    @Test
    public void updatingTheBundleFreesAllOfTheOldOne() throws Exception {
        assertFreedBy(bundle -> {
            try (var jar = Files.newInputStream(runtime().resolve(bundle.getSymbolicName() + ".jar"))) {
                bundle.update(jar);
            }
            await().until(() -> Journal.lines().size() == 2);
        });
    }

    @Test
    public void refreshingTheBundleFreesAllOfTheOldOne() throws Exception {
        assertFreedBy(bundle -> {
            context().getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle));
            await().until(() -> Journal.lines().size() == 2);
        });
    }

    @Test
    public void uninstallingTheBundleFreesAll() throws Exception {
        assertFreedBy(Bundle::uninstall);
    }

    /** By a component and by an activator. If it runs again, then as another process. */
    private void assertFreedBy(Stop stop) throws Exception {
        for (var name : List.of("lodger.component", "lodger.Plain")) {
            forget();
            long pid = start(name);
            var bundle = bundle(name);

            stop.apply(bundle);

            assertEnd(endOf(pid), name + " 1.0.0");
            assertThat(bundleProcesses()).doesNotContain(pid).hasSize(bundle.getState() == Bundle.ACTIVE ? 1 : 0);
            assertThat(log().lines("INFO"))
                    .anyMatch(line -> line.contains("bundle " + name + " 1.0.0 has ended (BUNDLE_STOPPED)"
                            + ": Process " + pid + ": freed 3 resources, 1000 bytes"));
            if (bundle.getState() == Bundle.ACTIVE) {
                bundle.stop();
            }
        }
        assertThat(log().problems()).isEmpty();
    }

    private static void assertEnd(ProcessEnd end, String name) {
        assertThat(end.process().name()).isEqualTo(name);
        assertThat(end.reason()).isEqualTo(EndReason.BUNDLE_STOPPED);
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .isEqualTo(outcomes(Map.of(
                        "file_descriptors", Status.FREED, "sockets", Status.FREED, "memory", Status.FREED)));
        assertThat(Kernel.isOpen(Lodgers.file(end.process().pid()))).isFalse();
    }

    @Test
    public void aBundleThatFailsToStartLeavesNothing() throws Exception {
        assertThatThrownBy(() -> install("lodger.FailsToStart")).isInstanceOf(BundleException.class);

        assertEnd(endOf(pidOfLodger()), "lodger.FailsToStart 1.0.0");
        assertThat(bundleProcesses()).isEmpty();
    }

    @Test
    public void aBundleThatFailsToStopLeavesNothing() throws Exception {
        long pid = start("lodger.FailsToStop");

        assertThatThrownBy(() -> bundle("lodger.FailsToStop").stop()).isInstanceOf(BundleException.class);

        // The framework sends no event then.
        await().until(() -> !bundleProcesses().contains(pid));
        assertEnd(endOf(pid), "lodger.FailsToStop 1.0.0");
    }

    @Test
    public void aBundleThatFailedToStopAndStartsAgainIsAnotherProcess() throws Exception {
        long pid = start("lodger.FailsToStop");
        assertThatThrownBy(() -> bundle("lodger.FailsToStop").stop()).isInstanceOf(BundleException.class);

        bundle("lodger.FailsToStop").start();

        assertEnd(endOf(pid), "lodger.FailsToStop 1.0.0");
        assertThat(bundleProcesses()).hasSize(1).doesNotContain(pid);
    }

    @Test
    public void theActivatorMayUseAllUntilItHasStopped() throws Exception {
        long pid = start("lodger.LastWords");

        bundle("lodger.LastWords").stop();

        assertThat(Journal.lines()).contains("last words of " + pid);
        assertThat(Files.readString(Lodgers.file(pid))).isEqualTo("bye");
        assertEnd(endOf(pid), "lodger.LastWords 1.0.0");
    }

    @Test
    public void aComponentThatGoesAndComesWhileItsBundleStaysFindsWhatItHeld() throws Exception {
        long pid = start("lodger.component");
        var runtime = service(ServiceComponentRuntime.class);
        var component = runtime.getComponentDescriptionDTOs(bundle("lodger.component")).iterator().next();

        runtime.disableComponent(component).getValue();
        assertThat(bundleProcesses()).containsExactly(pid);
        assertThat(Kernel.isOpen(Lodgers.file(pid))).isTrue();

        runtime.enableComponent(component).getValue();
        assertThat(Journal.lines()).containsExactly("lodger " + pid, "lodger " + pid);
        assertThat(service(ResourceInventory.class).resources(pid)).hasSize(6);
    }

    @Test
    public void aBundleThatStartsLazilyHasOneProcessBeforeAndAfterItsActivation() throws Exception {
        var bundle = install("lodger.Plain");
        bundle.stop();
        forget();
        var jar = TestJar.of(runtime().resolve("lodger.Plain.jar"))
                .with(Constants.BUNDLE_ACTIVATIONPOLICY, Constants.ACTIVATION_LAZY)
                .writeTo(runtime().resolve("lazy.jar"));
        try (var content = Files.newInputStream(jar)) {
            bundle.update(content);
        }
        bundle.start(Bundle.START_ACTIVATION_POLICY);
        assertThat(bundle.getState()).isEqualTo(Bundle.STARTING);
        var context = bundle.getBundleContext();
        long pid = context.getService(context.getServiceReference(BundleProcess.class)).pid();

        bundle.loadClass(Lodgers.Plain.class.getName());

        assertThat(bundle.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(pidOfLodger()).isEqualTo(pid);
        bundle.stop();
        assertEnd(endOf(pid), "lodger.Plain 1.0.0");
    }

    @Test
    public void aServiceObjectOfAStoppedBundleSaysSoAndOneThatRunsAgainHasAnotherProcess() throws Exception {
        long pid = start("lodger.Plain");
        var lodger = lodger();
        bundle("lodger.Plain").stop();
        assertThatThrownBy(lodger::call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lodger.Plain")
                .hasMessageContaining("is not active: it has no process");

        bundle("lodger.Plain").start();

        assertThat(lodger.call()).isGreaterThan(pid);
        assertThat(bundleProcesses()).containsExactly(lodger.call());
    }

    @Test
    public void aProcessThatSomebodyTerminatesIsGoneUntilTheBundleStartsAgain() throws Exception {
        long pid = start("lodger.Plain");

        var end = processes().terminate(pid);

        assertThat(end.reason()).isEqualTo(EndReason.TERMINATED);
        assertThat(Kernel.isOpen(Lodgers.file(pid))).isFalse();
        assertThatThrownBy(lodger()::call)
                .isInstanceOf(ProcessEndedException.class)
                .hasMessage("Process " + pid
                        + " is ending or has ended: it can no longer hold anything for lodger.Plain 1.0.0");
        bundle("lodger.Plain").stop();
        bundle("lodger.Plain").start();
        assertThat(lodger().call()).isGreaterThan(pid);
    }

    @Test
    public void itsChildrenEndWithIt() throws Exception {
        long pid = start("lodger.Plain");
        var command = processes().start(ProcessSpec.command("sleeper", "sleep", "1000000").withParent(pid));

        bundle("lodger.Plain").stop();

        assertThat(endOf(command.pid()).reason()).isEqualTo(EndReason.PARENT_ENDED);
        assertThat(endOf(pid).reason()).isEqualTo(EndReason.BUNDLE_STOPPED);
    }

    @Test
    public void whatItHoldsOfATypeThatIsAwayIsListedAndFreedWhenThatIsBack() throws Exception {
        long pid = start("lodger.Plain");
        var sockets = bundle("org.reclaim.sockets");
        sockets.stop();
        try {
            bundle("lodger.Plain").stop();

            assertThat(service(ResourceInventory.class).unsettled())
                    .extracting(
                            UnsettledResources::pid, UnsettledResources::resourceType, UnsettledResources::status)
                    .containsExactly(tuple(pid, "sockets", Status.UNBOUND));
        } finally {
            sockets.start();
        }
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
    }

    @Test
    public void restartingAgainstAcquiringLosesNothing() throws Exception {
        var bundle = install("lodger.Plain");
        var restarts = new FutureTask<Void>(() -> {
            for (int i = 0; i < RESTARTS; i++) {
                bundle.stop();
                bundle.start();
            }
            return null;
        });
        var thread = Thread.ofPlatform().start(restarts);
        int acquired = 0;
        while (thread.isAlive()) {
            acquired += acquireInTheNameOf(bundle.getBundleContext()) ? 1 : 0;
        }
        restarts.get();
        assertThat(acquired).isGreaterThan(RESTARTS);
        assertThat(bundleProcesses()).hasSize(1);

        bundle.stop();
        assertThat(bundleProcesses()).isEmpty();
        await().until(() -> service(ResourceInventory.class).types().stream().allMatch(type -> type.live() == 0));
        assertThat(log().lines("ERROR")).isEmpty();
    }

    /** As a thread of the bundle would that nobody has stopped. */
    private static boolean acquireInTheNameOf(BundleContext lodger) {
        try {
            var reference = lodger.getServiceReference(BundleProcess.class);
            service(MemoryManager.class).allocate(lodger.getService(reference).pid(), 100);
            return lodger.ungetService(reference);
        } catch (NullPointerException | IllegalStateException e) {
            return false; // it is not active
        }
    }

    private long start(String name) throws BundleException {
        install(name);
        long pid = pidOfLodger();
        assertThat(Kernel.isOpen(Lodgers.file(pid))).isTrue();
        return pid;
    }

    private static long pidOfLodger() {
        await().until(() -> Journal.lines().stream().anyMatch(line -> line.startsWith("lodger ")));
        return Long.parseLong(Journal.lines().getFirst().substring("lodger ".length()));
    }

    @SuppressWarnings("unchecked") // the service of a lodger
    private static Callable<Long> lodger() throws InvalidSyntaxException {
        var reference = context().getServiceReferences(Callable.class, "(lodger=*)").iterator().next();
        return context().getService(reference);
    }

    private static List<Long> bundleProcesses() {
        return processes().processes().stream()
                .filter(process -> process.kind() == ProcessKind.BUNDLE)
                .map(ProcessInfo::pid)
                .toList();
    }

    private static ProcessEnd endOf(long pid) {
        return processes().history().stream()
                .filter(end -> end.process().pid() == pid)
                .findFirst()
                .orElseThrow();
    }
}
