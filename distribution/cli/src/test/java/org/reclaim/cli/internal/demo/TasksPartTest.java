package org.reclaim.cli.internal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.orchestrator.ProcessManagers;

class TasksPartTest {

    @Test
    void itsTasksAreThereBeforeTheEndAndGoneAfterIt() throws Exception {
        try (var platform = ProcessManagers.builder().build()) {
            long pid = platform.start(ProcessSpec.logical("demo")).pid();

            var exhibits = new TasksPart(platform.manager(AsyncTaskManager.class)).acquire(pid);

            assertThat(exhibits).hasSize(3);
            for (var exhibit : exhibits) {
                assertThat(exhibit.check().isThere()).as("%s", exhibit).isTrue();
            }
            assertThat(platform.terminate(pid).cleanup().stats().byType()).containsEntry("async_tasks", 3L);
            for (var exhibit : exhibits) {
                assertThat(exhibit.check().isThere()).as("%s", exhibit).isFalse();
            }
        }
    }
}
