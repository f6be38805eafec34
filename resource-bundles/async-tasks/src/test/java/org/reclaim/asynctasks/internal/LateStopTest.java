package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.Releaser;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.testing.OtherReleases;
import org.reclaim.testing.TestPlatform;

/** A task stops when its release has failed already, and the table does not know that yet. */
@Timeout(60)
class LateStopTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Stubborn body = new Stubborn();

    /** A release that fails returns when the task has stopped. */
    private void release(Releaser<Object> releaser, Object task) throws Exception {
        try {
            releaser.release(task);
        } catch (IllegalStateException stillRuns) {
            body.letGo();
            assertThat(((AsyncTask<?>) task).awaitStop(LONG)).isTrue();
            throw stillRuns;
        }
    }

    @Test
    void itIsFreedAllTheSame() throws Exception {
        try (var reclaim = new TestPlatform(new OtherReleases(new AsyncTasksProvider(Duration.ZERO), this::release))) {
            long pid = reclaim.start();
            reclaim.manager(AsyncTaskManager.class).submit(pid, "t", body);
            body.awaitEntered();

            var outcome = reclaim.end(pid, AsyncTasks.TYPE);

            assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
            assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
            assertThat(reclaim.processes().inventory().unsettled()).isEmpty();
        }
    }
}
