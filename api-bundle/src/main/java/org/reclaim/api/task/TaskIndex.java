package org.reclaim.api.task;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.reclaim.api.ProcessManager;

/**
 * The tasks of one platform that have begun and have not stopped, by number; for the resource type only. Thread-safe.
 *
 * <p>It is found by the platform, and tasks enter and leave it by themselves. So two versions of the type side by side,
 * or one that replaces the other, always know the same tasks.
 */
public final class TaskIndex {

    /** Goes with its platform, to which only tasks that run refer. */
    private static final Map<ProcessManager, TaskIndex> INDEXES = Collections.synchronizedMap(new WeakHashMap<>());

    private final Map<Long, AsyncTask<?>> tasks = new ConcurrentHashMap<>();

    /** Those of them that the end of their process had to leave: they are few. */
    private final Map<Long, AsyncTask<?>> left = new ConcurrentHashMap<>();

    private TaskIndex() {}

    /**
     * The tasks of a platform.
     *
     * @param platform whose
     * @return the same for every call
     */
    public static TaskIndex of(ProcessManager platform) {
        return INDEXES.computeIfAbsent(Objects.requireNonNull(platform, "platform"), unknown -> new TaskIndex());
    }

    /**
     * Looks a task up.
     *
     * @param id its number
     * @return the task, until it has stopped
     */
    public Optional<AsyncTask<?>> find(long id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /**
     * The tasks that the end of a process had to leave because they had not stopped.
     *
     * @param pid the process
     * @return those that still have not
     */
    public Stream<AsyncTask<?>> left(long pid) {
        return left.values().stream().filter(task -> task.pid() == pid);
    }

    void add(AsyncTask<?> task) {
        tasks.put(task.id(), task);
    }

    /** Not after {@link #remove}. */
    void leave(AsyncTask<?> task) {
        left.put(task.id(), task);
    }

    void remove(AsyncTask<?> task) {
        tasks.remove(task.id());
        left.remove(task.id());
    }
}
