package org.reclaim.ipc.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.SharedMemoryBlock;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** Programs of other languages open the shared memory by its name while it lives. */
@EnabledOnOs(OS.LINUX)
class OtherProgramsTest {

    private static final int SIZE = 8192;
    private static final int ANSWER_AT = 5000;

    private static final String PYTHON = """
            import _posixshmem, mmap, os, sys
            descriptor = _posixshmem.shm_open(sys.argv[1], os.O_RDWR, 0)
            memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
            print(len(memory), memory[:8].decode())
            memory[5000:5007] = b'fromPyt'
            """;

    private static final String C = """
            #include <fcntl.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <sys/stat.h>
            int main(int count, char **words) {
                struct stat status;
                int descriptor = shm_open(words[1], O_RDWR, 0);
                if (descriptor < 0 || fstat(descriptor, &status) != 0) { perror(words[1]); return 1; }
                char *memory = mmap(0, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
                if (memory == MAP_FAILED) { perror("mmap"); return 1; }
                printf("%ld %.8s\\n", (long) status.st_size, memory);
                memcpy(memory + 5000, "fromAnC", 7);
                return 0;
            }
            """;

    @TempDir
    private Path folder;

    private final TestPlatform reclaim = new TestPlatform();
    private final IpcManager ipc = reclaim.manager(IpcManager.class);

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void toolsOfTheShellReadAndWriteIt() throws Exception {
        var block = ipc.createSharedMemory(reclaim.start(), "shared", SIZE).get();
        write(block.segment(), 0, "fromJava");

        var answer = run("sh", "-c", """
                dd if="/dev/shm$1" bs=8 count=1 2>/dev/null &&
                printf fromSh2 | dd of="/dev/shm$1" bs=1 seek=5000 conv=notrunc 2>/dev/null
                """, "sh", block.kernelName());

        assertThat(answer).isEqualTo("fromJava");
        assertThat(read(block.segment(), ANSWER_AT)).isEqualTo("fromSh2");
    }

    @Test
    void aPythonProgramOpensItByItsName() throws Exception {
        assumeTrue(isThere("python3", "-c", "import _posixshmem, mmap"), "there is no python3 with shared memory");
        var block = ipc.createSharedMemory(reclaim.start(), "shared", SIZE).get();
        write(block.segment(), 0, "fromJava");

        var answer = run("python3", "-c", PYTHON, block.kernelName());

        assertThat(answer).isEqualTo(SIZE + " fromJava");
        assertThat(read(block.segment(), ANSWER_AT)).isEqualTo("fromPyt");
    }

    @Test
    void aCProgramOpensItByItsName() throws Exception {
        assumeTrue(isThere("gcc", "--version"), "there is no C compiler");
        var program = folder.resolve("program").toString();
        Files.writeString(folder.resolve("program.c"), C);
        run("gcc", "-o", program, program + ".c", "-lrt");
        var block = ipc.createSharedMemory(reclaim.start(), "shared", SIZE).get();
        write(block.segment(), 0, "fromJava");

        var answer = run(program, block.kernelName());

        assertThat(answer).isEqualTo(SIZE + " fromJava");
        assertThat(read(block.segment(), ANSWER_AT)).isEqualTo("fromAnC");
    }

    @Test
    void theMemoryOfACommandGoesWithTheCommand() throws Exception {
        long reader = reclaim.start();
        var attached = new AtomicReference<SharedMemoryBlock>();
        var command = ProcessSpec.command("writer", "sh", "-c", """
                        printf written | dd of="/dev/shm$SHARED" bs=1 seek=5000 conv=notrunc 2>/dev/null
                        """)
                .withPreparation(pid -> {
                    var block = ipc.createSharedMemory(pid, "shared", SIZE).get();
                    attached.set(ipc.attachSharedMemory(reader, "shared", MemoryAccess.READ_ONLY).get());
                    return Map.of("SHARED", block.kernelName());
                });

        var end = reclaim.processes().start(command).await(Duration.ofMinutes(1)).orElseThrow();

        assertThat(end.exitStatus()).hasValue(0);
        assertThat(end.cleanup().stats().byType()).containsEntry(Ipc.TYPE, 1L);
        var kernelName = attached.get().kernelName();
        assertThat(Path.of("/dev/shm" + kernelName)).doesNotExist();
        assertThat(Kernel.mappings(kernelName)).singleElement().asString().endsWith("(deleted)");
        assertThat(read(attached.get().segment(), ANSWER_AT)).isEqualTo("written");
    }

    private static boolean isThere(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What it printed. */
    private static String run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), US_ASCII).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static void write(MemorySegment segment, long at, String text) {
        MemorySegment.copy(MemorySegment.ofArray(text.getBytes(US_ASCII)), 0, segment, at, text.length());
    }

    private static String read(MemorySegment segment, long at) {
        return new String(segment.asSlice(at, 7).toArray(JAVA_BYTE), US_ASCII);
    }
}
