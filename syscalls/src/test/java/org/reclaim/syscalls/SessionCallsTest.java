package org.reclaim.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a JVM of its own: the one that runs the tests keeps its session. */
@Timeout(60)
class SessionCallsTest {

    /** The other JVM: prints its pid and its session before and after, and what the two calls said. */
    static final class Other {

        private Other() {}

        public static void main(String[] args) throws Exception {
            long before = session();
            boolean first = SessionCalls.newSession();
            boolean second = SessionCalls.newSession();
            long pid = ProcessHandle.current().pid();
            System.out.print(pid + " " + before + " " + session() + " " + first + " " + second);
        }

        /** The sixth field, proc_pid_stat(5); the second is in parentheses and may have spaces. */
        private static long session() throws IOException {
            var stat = Files.readString(Path.of("/proc/self/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3]);
        }
    }

    @Test
    void aProcessLeavesItsSessionOnceAndLeadsANewOne() throws Exception {
        var other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        var told = new String(other.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split(" ");

        assertThat(told).hasSize(5);
        assertThat(told[1]).as("before").isNotEqualTo(told[0]);
        assertThat(told[2]).as("after").isEqualTo(told[0]);
        assertThat(told[3]).isEqualTo("true");
        assertThat(told[4]).as("the leader stays").isEqualTo("false");
    }
}
