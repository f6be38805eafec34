package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.util.concurrent.FutureTask;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.reclaim.api.BundleProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Lodgers;

/** The one process of a bundle through the bundle's life: what keeps it, what ends it, what goes with it. */
public class BundleProcessLifeIT extends LodgerTest {

    private static final int RESTARTS = 100;

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
}
