package org.reclaim.itests.osgi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The log file that the distribution's own configuration writes. */
final class PlatformLog {

    private static final Pattern LINE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\S+ (?<level>[A-Z]+) .*");

    private final Path file;
    private final int from;

    private PlatformLog(Path file, int from) {
        this.file = file;
        this.from = from;
    }

    /** The whole log of the platform with this runtime folder. */
    static PlatformLog of(Path runtime) {
        return new PlatformLog(runtime.resolve("reclaim.log"), 0);
    }

    /** The same log from now on. */
    PlatformLog fromNow() {
        return new PlatformLog(file, from + text().length());
    }

    /** What was logged. */
    String text() {
        try {
            return Files.readString(file).substring(from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of some levels; not what follows a line, such as a stack. */
    List<String> lines(String... levels) {
        return text().lines()
                .filter(line -> {
                    var matcher = LINE.matcher(line);
                    return matcher.matches() && List.of(levels).contains(matcher.group("level"));
                })
                .toList();
    }

    /** All that somebody should look at. */
    List<String> problems() {
        return lines("WARN", "ERROR");
    }
}
