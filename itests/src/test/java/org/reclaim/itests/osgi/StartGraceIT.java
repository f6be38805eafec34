package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Test;

/** A start may take its time: a type is missed only if everything was started and it has not come. */
public class StartGraceIT {

    private EmbeddedPlatform platform;

    @After
    public void stop() throws Exception {
        platform.stop();
    }

    @Test
    public void aSlowStartIsSilent() throws Exception {
        start(Map.of());

        assertThat(platform.log().problems()).isEmpty();
    }

    @Test
    public void whatHasNotComeByThenIsMissed() throws Exception {
        start(Map.of("reclaim.expected.types", "sockets,printers"));

        await().until(() -> !platform.log().problems().isEmpty());
        assertThat(platform.log().problems()).singleElement().asString()
                .contains("Resource type 'printers' not registered - potential leak source!");
    }

    /** No start is so quick that it is done before no time at all has passed. */
    private void start(Map<String, String> settings) throws Exception {
        var folder = Files.createDirectories(Path.of("target/itests").toAbsolutePath());
        var all = new HashMap<>(settings);
        all.put("reclaim.startup.grace.millis", "0");
        platform = new EmbeddedPlatform(Files.createTempDirectory(folder, "StartGraceIT-"), all, List.of());
    }
}
