package org.reclaim.cli.internal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.orchestrator.ProcessManagers;

class IpcPartTest {

    @Test
    void everythingItShowsIsThereUntilTheEndOfTheProcessAndGoneAfterwards() throws Exception {
        try (var platform = ProcessManagers.builder().build()) {
            long pid = platform.start(ProcessSpec.logical("demo")).pid();

            var exhibits = new IpcPart(platform.manager(IpcManager.class)).acquire(pid);

            assertThat(exhibits)
                    .extracting(Exhibit::what)
                    .containsExactly(
                            "queue", "topic", "end of a pipe", "end of a pipe", "shared memory", "attached to it");
            for (var exhibit : exhibits) {
                assertThat(exhibit.check().isThere()).as(exhibit.what()).isTrue();
            }

            var end = platform.terminate(pid);

            assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
            for (var exhibit : exhibits) {
                assertThat(exhibit.check().isThere()).as(exhibit.what()).isFalse();
            }
        }
    }
}
