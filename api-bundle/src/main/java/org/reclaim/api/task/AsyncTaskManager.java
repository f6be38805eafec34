package org.reclaim.api.task;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;

/**
 * Runs tasks for processes, each on a virtual thread of its own, inside its process (see {@link CurrentProcess}).
 *
 * <pre>{@code
 * var task = tasks.submit(pid, "import", () -> importAll(folder));
 * var imported = task.future().get(1, TimeUnit.MINUTES);
 * }</pre>
 *
 * <p>A finished task leaves its process by itself; nothing has to be closed. When the process ends, all its tasks are
 * cancelled and interrupted together, as the first step, while nothing that they use has been freed yet; what has not
 * started never starts. When it is the turn of this type they are waited for, for a grace time that they share: 2
 * seconds, or the property {@code reclaim.async.tasks.grace.millis} (of the framework or the system). A task that has
 * not stopped by then is named in the log, with its stack, and the end goes on; the type of this process stays
 * unsettled until the task stops, be it hours later. The grace time is to be shorter than the deadline of the type's
 * cleanup (5 seconds unless configured), or that passes first.
 *
 * <p>A task's code blocks in whatever way it likes, but should not compute for long without blocking: virtual threads
 * share few processors, and it would keep the others waiting. Its thread inherits nothing of the thread that submits:
 * no thread-locals, and its context class loader is the system's.
 *
 * <p>What a task throws is kept for whoever asks its {@link AsyncTask#future()}, and logged as a warning, because often
 * nobody asks.
 *
 * <p>Thread-safe. Every method that starts a task throws {@link NoSuchProcessException} for a pid that was never
 * started, {@link ProcessEndedException} for a process that is ending or has ended, and
 * {@link IllegalArgumentException} for a name or a duration out of range; in all cases nothing was started.
 */
@ProviderType
public interface AsyncTaskManager {

    /**
     * Runs a task now.
     *
     * @param pid  the process, from 1
     * @param name for people; 1 to {@link AsyncTask#MAX_NAME_LENGTH} characters, no control characters
     * @param body what to run
     * @param <T>  its result
     * @return the task
     */
    default <T> AsyncTask<T> submit(long pid, String name, Callable<T> body) {
        return schedule(pid, name, Duration.ZERO, body);
    }

    /**
     * Runs a task without a result now.
     *
     * @param pid  the process, from 1
     * @param name for people, as for {@link #submit(long, String, Callable)}
     * @param body what to run
     * @return the task; its result is null
     */
    default AsyncTask<Void> submit(long pid, String name, Runnable body) {
        return submit(pid, name, Executors.callable(body, null));
    }

    /**
     * Runs a task later.
     *
     * @param pid   the process, from 1
     * @param name  for people, as for {@link #submit(long, String, Callable)}
     * @param delay from zero to {@link TaskSchedule#LONGEST}
     * @param body  what to run
     * @param <T>   its result
     * @return the task
     */
    <T> AsyncTask<T> schedule(long pid, String name, Duration delay, Callable<T> body);

    /**
     * Runs a task without a result later.
     *
     * @param pid   the process, from 1
     * @param name  for people, as for {@link #submit(long, String, Callable)}
     * @param delay from zero to {@link TaskSchedule#LONGEST}
     * @param body  what to run
     * @return the task; its result is null
     */
    default AsyncTask<Void> schedule(long pid, String name, Duration delay, Runnable body) {
        return schedule(pid, name, delay, Executors.callable(body, null));
    }

    /**
     * Runs a task at regular times, until it is cancelled or throws. All its runs are one task.
     *
     * @param pid    the process, from 1
     * @param name   for people, as for {@link #submit(long, String, Callable)}
     * @param delay  before the first run, from zero to {@link TaskSchedule#LONGEST}
     * @param period from start to start, from {@link TaskSchedule#SHORTEST_PERIOD} to {@link TaskSchedule#LONGEST}; if
     *               a run takes longer, see {@link TaskSchedule#atFixedRate}
     * @param body   what to run; ends the task by {@link AsyncTask#cancel} of {@link AsyncTask#current}, or by throwing
     * @return the task; it never has a result
     */
    AsyncTask<Void> scheduleAtFixedRate(long pid, String name, Duration delay, Duration period, Runnable body);

    /**
     * Runs a task with regular pauses, until it is cancelled or throws. All its runs are one task.
     *
     * @param pid   the process, from 1
     * @param name  for people, as for {@link #submit(long, String, Callable)}
     * @param delay before the first run, from zero to {@link TaskSchedule#LONGEST}
     * @param pause from the end of a run to the start of the next, from {@link TaskSchedule#SHORTEST_PERIOD} to
     *              {@link TaskSchedule#LONGEST}
     * @param body  what to run, as for {@link #scheduleAtFixedRate}
     * @return the task; it never has a result
     */
    AsyncTask<Void> scheduleWithFixedDelay(long pid, String name, Duration delay, Duration pause, Runnable body);

    /**
     * Looks a task up. One that has finished is forgotten here; who needs its outcome keeps the {@link AsyncTask}.
     *
     * @param id its number
     * @return the task, until it has finished
     */
    Optional<AsyncTask<?>> task(long id);

    /**
     * The tasks of a process that have not finished; after its end, those that have not stopped.
     *
     * @param pid a process
     * @return a snapshot, by id
     */
    List<TaskInfo> tasks(long pid);
}
