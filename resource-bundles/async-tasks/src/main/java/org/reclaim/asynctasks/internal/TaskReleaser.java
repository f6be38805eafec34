package org.reclaim.asynctasks.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.reclaim.api.Releaser;
import org.reclaim.api.task.AsyncTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of tasks that have stopped, and knows those that have not: every task that leaves its process comes by here.
 * It never waits itself, but does not say so, because the cleanup of this type does.
 */
final class TaskReleaser implements Releaser<AsyncTask<?>> {

    private static final Logger LOG = LoggerFactory.getLogger(TaskReleaser.class);

    private final Map<Long, AsyncTask<?>> tasks = new ConcurrentHashMap<>();

    /** Those of them that the end of their process had to leave. */
    private final Map<Long, AsyncTask<?>> left = new ConcurrentHashMap<>();

    /** To be called before a task is tracked: from then on it may be released at any time. */
    void add(AsyncTask<?> task) {
        tasks.put(task.id(), task);
    }

    /** Adds one that another instance of this class has started, unless it has finished. */
    void adopt(AsyncTask<?> task) {
        add(task);
        // Looked at again after it was added: it may have been released before, and who was earlier did not find it.
        if (task.isReleasable()) {
            remove(task);
        }
    }

    void remove(AsyncTask<?> task) {
        tasks.remove(task.id());
        left.remove(task.id());
    }

    Optional<AsyncTask<?>> find(long id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /** Those of a process that its end had to leave. */
    Stream<AsyncTask<?>> left(long pid) {
        return left.values().stream().filter(task -> task.pid() == pid);
    }

    @Override
    public void release(AsyncTask<?> task) {
        try {
            task.release();
        } catch (IllegalStateException stillRuns) {
            tasks.put(task.id(), task);
            left.put(task.id(), task);
            throw stillRuns;
        }
        remove(task);
        var failure = task.failureText();
        if (!failure.isEmpty()) {
            LOG.warn("{} of process {} failed: {}", task, task.pid(), failure);
        }
    }
}
