package org.reclaim.signals.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.syscalls.ProcessCalls;

/** What the kernel says about the signals of this JVM. */
final class Kernel {

    private Kernel() {}

    /** Sends a real signal to this JVM. */
    static void raise(PosixSignal signal) throws IOException {
        ProcessCalls.kill(Math.toIntExact(ProcessHandle.current().pid()), signal.number());
    }

    /** Whether this JVM catches a signal. */
    static boolean catches(PosixSignal signal) {
        return (mask("SigCgt") >>> signal.number() - 1 & 1) == 1;
    }

    /** The signals that this JVM catches, a bit each. */
    static long caught() {
        return mask("SigCgt");
    }

    private static long mask(String name) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(name.length() + 1).strip(), 16))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
