package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.After;
import org.junit.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessListener;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.SchedulingPolicy;

/** Places are a setting that changes while the platform runs, and listeners are services. */
public class SchedulerIT extends PlatformTest {

    private static final Duration SECONDS = Duration.ofSeconds(20);

    @After
    public void takeBack() throws Exception {
        ofAdmin().delete();
        await().atMost(SECONDS).until(() -> scheduler().places() == ProcessScheduler.NO_LIMIT);
    }

    @Test
    public void placesAndPolicyChangeWhileThePlatformRuns() throws Exception {
        ofAdmin().update(new Hashtable<>(Map.of("scheduler.places", "1", "scheduler.policy", "priority")));
        await().atMost(SECONDS).until(() -> scheduler().places() == 1);
        assertThat(scheduler().policy()).isEqualTo(SchedulingPolicy.PRIORITY);
        var runs = sleeper(50);
        var patient = sleeper(0);
        var urgent = sleeper(100);

        assertThat(runs.info().state()).isEqualTo(ProcessState.RUNNING);
        assertThat(scheduler().queue()).extracting(waiting -> waiting.process().pid())
                .containsExactly(urgent.pid(), patient.pid());

        ofAdmin().update(new Hashtable<>(Map.of("scheduler.places", "2", "scheduler.policy", "priority")));
        await().atMost(SECONDS).until(() -> urgent.info().state() == ProcessState.RUNNING);
        assertThat(patient.info().state()).isEqualTo(ProcessState.READY);
        patient.terminate();
        urgent.terminate();
        runs.terminate();
        assertThat(scheduler().running()).isZero();
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void aListenerIsAServiceAndIsToldAsLongAsItIsThere() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        ProcessListener listener = (process, before) -> told.add(process.name() + " " + process.state());
        var registration = context().registerService(ProcessListener.class, listener, null);
        processes().start(ProcessSpec.logical("heard")).terminate();
        await().atMost(SECONDS).until(() -> told.contains("heard TERMINATED"));
        registration.unregister();

        processes().start(ProcessSpec.logical("unheard")).terminate();

        assertThat(told).containsSubsequence("heard RUNNING", "heard TERMINATING", "heard TERMINATED");
        assertThat(told).noneMatch(line -> line.startsWith("unheard"));
    }

    private static ManagedProcess sleeper(int priority) {
        return processes().start(ProcessSpec.command("sleeper", "sleep", "1000").withPriority(priority));
    }

    private static ProcessScheduler scheduler() {
        return service(ProcessScheduler.class);
    }

    private static Configuration ofAdmin() throws Exception {
        return service(ConfigurationAdmin.class).getConfiguration("org.reclaim.orchestrator", "?");
    }
}
