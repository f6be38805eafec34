package org.reclaim.cli.internal.demo;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;

/** A task that runs and never comes to an end by itself, one that runs every second, one whose time has not come. */
@Component
public final class TasksPart implements DemoPart {

    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofHours(1);

    private final AsyncTaskManager tasks;

    @Activate
    public TasksPart(@Reference(target = "(reclaim.available=true)") AsyncTaskManager tasks) {
        this.tasks = tasks;
    }

    @Override
    public String resourceType() {
        return "async_tasks";
    }

    @Override
    public List<Exhibit> acquire(long pid) {
        var running = tasks.submit(pid, "waits for ever", () -> {
            new CountDownLatch(1).await();
            return null;
        });
        var periodic = tasks.scheduleAtFixedRate(pid, "ticks", Duration.ZERO, EVERY, () -> {});
        var delayed = tasks.schedule(pid, "never starts", LATER, () -> {});
        return List.of(
                exhibit("running task", running),
                exhibit("periodic task", periodic),
                exhibit("delayed task", delayed));
    }

    private static Exhibit exhibit(String what, AsyncTask<?> task) {
        return new Exhibit(what, task + ", on a virtual thread", () -> VirtualThreads.isThere(task.threadName()));
    }
}
