package org.reclaim.memory.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.orchestrator.ProcessManagers;

class MemoryInUseTest {

    @ParameterizedTest
    @EnumSource
    void memoryThatARunningCallUsesIsStillHeldAndFreedAfterIt(MemoryLifetime lifetime) throws Exception {
        var pipe = Pipe.open();
        try (var reclaim = ProcessManagers.builder().build(); var source = pipe.source(); var sink = pipe.sink()) {
            long pid = reclaim.start(ProcessSpec.logical("reader")).pid();
            var segment = reclaim.manager(MemoryManager.class)
                    .allocate(pid, 64, 8, lifetime).get().segment();
            var reader = new CompletableFuture<Thread>();
            var read = CompletableFuture.supplyAsync(() -> {
                reader.complete(Thread.currentThread());
                try {
                    return source.read(segment.asByteBuffer());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitNativeRead(reader.get());

            var outcome = outcome(reclaim.terminate(pid));

            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(outcome.detail()).contains("acquired by 1 clients");
            assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isZero();
            assertThat(read).isNotDone();

            sink.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(read.get()).isEqualTo(3);
            await().until(() -> !segment.scope().isAlive());
        }
    }

    private static TypeOutcome outcome(ProcessEnd end) {
        return end.cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals("memory"))
                .findFirst()
                .orElseThrow();
    }

    /** The thread counts as runnable while it waits in the kernel; its stack says where. */
    private static void awaitNativeRead(Thread thread) {
        await().until(() -> {
            var stack = thread.getStackTrace();
            return stack.length > 0 && stack[0].isNativeMethod() && stack[0].getMethodName().startsWith("read");
        });
    }
}
