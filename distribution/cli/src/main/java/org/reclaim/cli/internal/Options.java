package org.reclaim.cli.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the user asked for. The launcher, which is not in the framework, hands it over as a map of plain JDK values.
 *
 * @param json    where to write the report
 * @param pause   whether to wait for Enter, so that somebody can look
 * @param grace   how long the command may take to stop
 * @param command program and arguments
 * @param lines   lines for the console
 */
record Options(Optional<Path> json, boolean pause, Optional<Duration> grace, List<String> command,
        List<String> lines) {

    static Options of(Map<String, Object> values) {
        return new Options(
                Optional.ofNullable((Path) values.get("json")),
                (Boolean) values.getOrDefault("pause", false),
                Optional.ofNullable((Duration) values.get("grace")),
                strings((List<?>) values.getOrDefault("command", List.of())),
                strings((List<?>) values.getOrDefault("lines", List.of())));
    }

    private static List<String> strings(List<?> values) {
        return values.stream().map(String.class::cast).toList();
    }
}
