package org.reclaim.asynctasks.internal;

import org.reclaim.api.Releaser;
import org.reclaim.api.task.AsyncTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of tasks that have stopped: every task that leaves its process comes by here. It never waits itself, but does
 * not say so, because the cleanup of this type does.
 */
final class TaskReleaser implements Releaser<AsyncTask<?>> {

    private static final Logger LOG = LoggerFactory.getLogger(TaskReleaser.class);

    @Override
    public void release(AsyncTask<?> task) {
        task.release();
        var failure = task.failureText();
        if (!failure.isEmpty()) {
            LOG.warn("{} of process {} failed: {}", task, task.pid(), failure);
        }
    }
}
