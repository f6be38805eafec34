package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskState;

/** Tasks run on while the bundle of their type is away, and the one that comes back frees them. */
public class AsyncTasksIT extends PlatformTest {

    private static final String TYPE = "async_tasks";
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(1);

    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicInteger ticks = new AtomicInteger();
    private Bundle bundle;
    private long pid;

    @Override
    protected Map<String, String> settings() {
        return Map.of("reclaim.front.wait.millis", "20000", "reclaim.async.tasks.grace.millis", "500");
    }

    @Before
    public void start() {
        bundle = bundle("org.reclaim.asynctasks");
        pid = processes().start(ProcessSpec.logical("user of tasks")).pid();
    }

    @After
    public void bringBack() throws BundleException {
        letGo.countDown();
        bundle.start();
    }

    @Test
    public void tasksRunOnWhileTheirBundleIsStoppedAndTheEndFreesThemOnceItIsBack() throws Exception {
        var ticking = tick();
        var parked = tasks().schedule(pid, "later", Duration.ofHours(1), () -> {});

        bundle.stop();
        assertGoesOn();
        bundle.start();

        assertThat(tasks().task(parked.id())).containsSame(parked);
        assertThat(tasks().tasks(pid)).hasSize(2);
        assertThat(tasks().submit(pid, "new", () -> 42).future().get()).isEqualTo(42);
        var end = processes().terminate(pid);
        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
        assertThat(end.cleanup().stats().byType()).containsEntry(TYPE, 2L);
        assertStopped(ticking);
        assertStopped(parked);
    }

    @Test
    public void anUpdatedBundleIsGarbageWhileItsTasksRunOn() throws Exception {
        var ticking = tick();
        var parked = tasks().schedule(pid, "later", Duration.ofHours(1), () -> {});
        var old = new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());

        try (var jar = Files.newInputStream(Distribution.jar("org.reclaim.asynctasks"))) {
            bundle.update(jar);
        }

        await().until(() -> {
            System.gc();
            return old.get() == null;
        });
        assertGoesOn();
        assertThat(tasks().task(parked.id()).orElseThrow().cancel()).isTrue();
        assertStopped(parked);
        assertThat(processes().terminate(pid).cleanup().stats().byType()).containsEntry(TYPE, 1L);
        assertStopped(ticking);
    }

    @Test
    public void whoSubmitsATaskMeanwhileWaitsUntilTheBundleIsBack() throws Exception {
        bundle.stop();
        var manager = tasks();
        var call = new FutureTask<>(() -> manager.submit(pid, "late", () -> "done"));
        var caller = Thread.ofPlatform().start(call);
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        bundle.start();

        assertThat(call.get().future().get()).isEqualTo("done");
    }

    @Test
    public void aTaskThatIgnoresInterruptsIsNamedAndSettledWhenItStops() throws Exception {
        var entered = new CountDownLatch(1);
        var task = tasks().submit(pid, "stubborn", () -> {
            entered.countDown();
            while (letGo.getCount() > 0) {
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    continue;
                }
            }
        });
        entered.await();

        var end = processes().terminate(pid);

        assertThat(end.cleanup().outcomes())
                .filteredOn(outcome -> outcome.resourceType().equals(TYPE))
                .extracting(TypeOutcome::status)
                .containsExactly(Status.FAILED);
        assertThat(end.cleanup().errors()).singleElement().asString().contains(task.toString());
        assertThat(log().lines("WARN")).anyMatch(line -> line.contains(task + " of process " + pid
                + " did not stop within PT0.5S"));
        bundle.stop();
        bundle.start();
        letGo.countDown();
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        assertStopped(task);
    }

    private AsyncTask<Void> tick() {
        var task = tasks().scheduleAtFixedRate(pid, "ticks", Duration.ZERO, TICK, (Runnable) ticks::incrementAndGet);
        await().until(() -> ticks.get() > 0);
        return task;
    }

    private void assertGoesOn() {
        int before = ticks.get();
        await().until(() -> ticks.get() > before);
    }

    private static void assertStopped(AsyncTask<?> task) throws InterruptedException {
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(task.stackTrace()).isEmpty();
    }

    private static AsyncTaskManager tasks() {
        return service(AsyncTaskManager.class);
    }
}
