package org.reclaim.asynctasks.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskIndex;
import org.reclaim.api.task.TaskInfo;
import org.reclaim.api.task.TaskSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The type {@code async_tasks}: starts tasks for processes, cancels them, and waits until they have stopped. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.task.AsyncTaskManager")
@ServiceRanking(CleanupRanking.ASYNC_TASKS)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.task.AsyncTaskManager\"",
        uses = AsyncTaskManager.class,
        effective = "active")
public final class AsyncTasks implements ResourceCleanup, ProcessEnding, AsyncTaskManager {

    static final String TYPE = "async_tasks";

    private static final Logger LOG = LoggerFactory.getLogger(AsyncTasks.class);

    private final TaskIndex index;
    private final ResourceTable<AsyncTask<?>> table;
    private final Duration grace;

    /**
     * Opens the table.
     *
     * @param context knows the properties of the framework and the system
     * @param tables  where tasks are tracked
     */
    @Activate
    public AsyncTasks(BundleContext context, @Reference ResourceTables tables) {
        this(tables, GraceTime.of(context::getProperty));
    }

    AsyncTasks(ResourceTables tables, Duration grace) {
        this.grace = grace;
        @SuppressWarnings("unchecked") // there is one class of all tasks, whatever their results
        var anyTask = (Class<AsyncTask<?>>) (Class<?>) AsyncTask.class;
        table = tables.open(TYPE, anyTask, new TaskReleaser());
        index = TaskIndex.of(tables.processes());
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public <T> AsyncTask<T> schedule(long pid, String name, Duration delay, Callable<T> body) {
        return start(pid, name, TaskSchedule.once(delay), body);
    }

    @Override
    public AsyncTask<Void> scheduleAtFixedRate(
            long pid, String name, Duration delay, Duration period, Runnable body) {
        return start(pid, name, TaskSchedule.atFixedRate(delay, period), Executors.callable(body, null));
    }

    @Override
    public AsyncTask<Void> scheduleWithFixedDelay(
            long pid, String name, Duration delay, Duration pause, Runnable body) {
        return start(pid, name, TaskSchedule.withFixedDelay(delay, pause), Executors.callable(body, null));
    }

    /** Reserves, makes, tracks, starts: what is refused never runs. */
    private <T> AsyncTask<T> start(long pid, String name, TaskSchedule schedule, Callable<T> body) {
        var task = new AsyncTask<>(index, pid, name, schedule, body);
        try (var place = table.reserve(pid, 0)) {
            start(task, place.track(task, task.toString()));
        }
        return task;
    }

    private static void start(AsyncTask<?> task, ResourceHandle<?> handle) {
        try {
            task.start(handle);
        } catch (RuntimeException | Error e) { // there is no thread to be had
            task.cancel();
            handle.close();
            throw e;
        }
    }

    @Override
    public Optional<AsyncTask<?>> task(long id) {
        return index.find(id);
    }

    @Override
    public List<TaskInfo> tasks(long pid) {
        var found = new ArrayList<TaskInfo>();
        table.forEach(pid, task -> found.add(task.info()));
        index.left(pid).forEach(task -> found.add(task.info()));
        found.sort(Comparator.comparingLong(TaskInfo::id));
        return List.copyOf(found);
    }

    /** In one pass: none of them goes on working while others are waited for. */
    @Override
    public void ending(long pid) {
        table.forEach(pid, AsyncTask::cancelWithProcess);
    }

    /**
     * Waits for what the end is met with for the first time. What an earlier call has left in vain is only looked at:
     * it leaves by itself when it stops.
     */
    @Override
    public CleanupStats cleanup(long pid) {
        var tasks = new ArrayList<AsyncTask<?>>();
        table.forEach(pid, tasks::add);
        tasks.forEach(AsyncTask::cancelWithProcess);
        awaitStop(tasks);
        return table.releaseAll(pid);
    }

    private void awaitStop(List<AsyncTask<?>> tasks) {
        long deadline = System.nanoTime() + grace.toNanos();
        try {
            for (var task : tasks) {
                task.awaitStop(Duration.ofNanos(deadline - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            // Given up: it is too late to wait for anything. What has stopped is released all the same.
            Thread.currentThread().interrupt();
        }
        tasks.stream().filter(task -> !task.isReleasable()).forEach(this::warn);
    }

    private void warn(AsyncTask<?> task) {
        var stack = new StringBuilder();
        for (var frame : task.stackTrace()) {
            stack.append("\n    at ").append(frame);
        }
        LOG.warn(
                "{} of process {} did not stop within {} after it was cancelled; it is left until it does. Its thread"
                        + " '{}' is at{}",
                task, task.pid(), grace, task.threadName(), stack.isEmpty() ? " an unknown place" : stack);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
