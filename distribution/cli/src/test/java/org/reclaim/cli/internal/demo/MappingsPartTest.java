package org.reclaim.cli.internal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.orchestrator.ProcessManagers;

class MappingsPartTest {

    @Test
    void everyExhibitIsThereUntilTheEndAndNoneAfterIt() throws Exception {
        try (var platform = ProcessManagers.builder().build()) {
            var process = platform.start(ProcessSpec.logical("test"));

            var exhibits = new MappingsPart(platform.manager(MmapManager.class)).acquire(process.pid());

            assertThat(exhibits).hasSize(4);
            for (var exhibit : exhibits) {
                assertThat(exhibit.check().isThere()).as("%s", exhibit).isTrue();
            }
            process.terminate();
            for (var exhibit : exhibits) {
                assertThat(exhibit.check().isThere()).as("%s", exhibit).isFalse();
            }
        }
    }
}
