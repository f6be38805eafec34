package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.testing.TestPlatform;

/** A task stops when its release has failed already, and the table does not know that yet. */
@Timeout(60)
class LateStopTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Stubborn body = new Stubborn();

    /** The type, whose releases that fail return when the task has stopped. */
    private final class Late implements ResourceTypeProvider {

        private final ResourceTypeProvider provider = new AsyncTasksProvider(Duration.ZERO);

        @Override
        public String resourceType() {
            return provider.resourceType();
        }

        @Override
        public int ranking() {
            return provider.ranking();
        }

        @Override
        public ResourceCleanup create(ResourceTables tables) {
            return provider.create(new ResourceTables() {
                @Override
                public <R> ResourceTable<R> open(String type, Class<R> resource, Releaser<? super R> releaser) {
                    return tables.open(type, resource, (R task) -> release(releaser, task));
                }

                @Override
                public ProcessManager processes() {
                    return tables.processes();
                }
            });
        }
    }

    private <R> void release(Releaser<? super R> releaser, R task) throws Exception {
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
        try (var reclaim = new TestPlatform(new Late())) {
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
