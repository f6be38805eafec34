package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleLogTest {
    @TempDir
    private Path folder;

    @Test
    void isEmptiedWhenItIsTooBigAndWhoAppendsGoesOn() throws IOException {
        var log = new ConsoleLog(folder);
        try (var appending = Files.newOutputStream(log.file(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            appending.write(new byte[(int) ConsoleLog.MAX_BYTES]);
            log.cut();
            assertThat(log.file()).hasSize(ConsoleLog.MAX_BYTES);

            appending.write('a');
            log.cut();
            assertThat(log.file()).isEmptyFile();

            appending.write('b');
            assertThat(log.file()).hasContent("b");
        }
    }
}
