package org.reclaim.ipc.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.IpcNameInUseException;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.NoSuchIpcNameException;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.api.ipc.SharedMemoryBlock;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

@EnabledOnOs(OS.LINUX)
class SharedMemoryBlockTest {

    private static final long SIZE = 10_000;

    private final TestPlatform reclaim = new TestPlatform();
    private final IpcManager ipc = reclaim.manager(IpcManager.class);
    private final long owner = reclaim.start();
    private final long user = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void whatIsCreatedIsPrivateZeroedAndHasItsNameInTheKernel() throws Exception {
        var block = ipc.createSharedMemory(owner, "frames", SIZE).get();

        assertThat(block.name()).isEqualTo("frames");
        assertThat(block.kernelName()).matches("/reclaim-[0-9a-f]{16}-frames");
        assertThat(block.isOwner()).isTrue();
        assertThat(block.isNamed()).isTrue();
        assertThat(block.ownerPid()).isEqualTo(owner);
        assertThat(block.access()).isEqualTo(MemoryAccess.READ_WRITE);
        assertThat(block.byteSize()).isEqualTo(SIZE);
        assertThat(block.segment().byteSize()).isEqualTo(SIZE);
        assertThat(block.segment().toArray(JAVA_BYTE)).containsOnly(0);
        var file = file(block);
        assertThat(Files.size(file)).isEqualTo(SIZE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Kernel.descriptors().values()).as("mapped and closed").noneMatch(isOf(block)::test);
        assertThat(Kernel.mappings(block.kernelName())).hasSize(1);
    }

    @Test
    void whoIsAttachedSeesWhatOthersWriteAndCanWriteIfHeMay() throws Exception {
        var created = ipc.createSharedMemory(owner, "frames", SIZE).get().segment();
        var writer = ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_WRITE).get();
        var reader = ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_ONLY).get();

        created.set(JAVA_LONG, 0, 7);
        writer.segment().set(JAVA_BYTE, SIZE - 1, (byte) 9);

        assertThat(reader.segment().get(JAVA_LONG, 0)).isEqualTo(7);
        assertThat(reader.segment().get(JAVA_BYTE, SIZE - 1)).isEqualTo((byte) 9);
        assertThat(created.get(JAVA_BYTE, SIZE - 1)).isEqualTo((byte) 9);
        assertThatIllegalArgumentException().isThrownBy(() -> reader.segment().set(JAVA_BYTE, 0, (byte) 1));
        assertThat(reader.access()).isEqualTo(MemoryAccess.READ_ONLY);
        assertThat(reader.isOwner()).isFalse();
        assertThat(reader.ownerPid()).isEqualTo(owner);
        assertThat(Kernel.mappings(reader.kernelName()).stream().map(line -> line.split(" ")[1]))
                .containsExactlyInAnyOrder("rw-s", "rw-s", "r--s");
    }

    @Test
    void theEndOfTheOwnerUnlinksTheNameAndMemoryStaysForThoseWhoAreAttached() throws Exception {
        var created = ipc.createSharedMemory(owner, "frames", SIZE).get();
        var attached = ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_WRITE).get();
        created.segment().set(JAVA_BYTE, 5, (byte) 55);

        var outcome = reclaim.end(owner, Ipc.TYPE);

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(SIZE);
        assertThat(Kernel.sharedMemory()).doesNotContain(created.kernelName().substring(1));
        assertStale(created.segment());
        assertThat(attached.isNamed()).isFalse();
        assertThat(attached.segment().get(JAVA_BYTE, 5)).isEqualTo((byte) 55);
        attached.segment().set(JAVA_BYTE, 5, (byte) 56);
        assertThat(Kernel.mappings(attached.kernelName())).singleElement().asString().endsWith("(deleted)");
        assertThatThrownBy(() -> ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_ONLY))
                .isInstanceOf(NoSuchIpcNameException.class)
                .hasMessage("There is no shared memory 'frames', or not any more");

        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);
        assertStale(attached.segment());
        assertThat(Kernel.mappings(attached.kernelName())).isEmpty();
    }

    @Test
    void closingHandlesDestroysAndDetachesAtOnce() throws Exception {
        var created = ipc.createSharedMemory(owner, "frames", SIZE);
        var attached = ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_WRITE);
        var block = attached.get();

        attached.close();
        assertStale(block.segment());
        assertThat(Kernel.mappings(block.kernelName())).hasSize(1);
        assertThat(Kernel.sharedMemory()).contains(block.kernelName().substring(1));

        created.close();
        created.close();
        assertThat(Kernel.mappings(block.kernelName())).isEmpty();
        assertThat(Kernel.sharedMemory()).doesNotContain(block.kernelName().substring(1));
        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
        assertThat(reclaim.end(user, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void theNameCanBeUsedAgainWhileTheOldMemoryIsStillAttached() throws Exception {
        var old = ipc.createSharedMemory(owner, "frames", SIZE);
        var attached = ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_WRITE).get();
        attached.segment().set(JAVA_BYTE, 0, (byte) 1);
        old.close();

        var next = ipc.createSharedMemory(owner, "frames", 2 * SIZE).get();

        assertThat(next.segment().get(JAVA_BYTE, 0)).isZero();
        assertThat(next.isNamed()).isTrue();
        reclaim.end(user);
        assertThat(Kernel.sharedMemory()).contains(next.kernelName().substring(1));
    }

    @Test
    void memoryThatARunningCallUsesLosesItsNameAtOnceAndIsFreedAfterTheCall() throws Exception {
        var handle = ipc.createSharedMemory(owner, "frames", SIZE);
        var block = handle.get();
        var pipe = Pipe.open();
        try (var source = pipe.source(); var sink = pipe.sink()) {
            var read = Waiter.in(() -> source.read(block.segment().asSlice(0, 100).asByteBuffer()));

            assertThatThrownBy(handle::close)
                    .isInstanceOf(ReleaseFailedException.class)
                    .hasStackTraceContaining("acquired by 1 clients");
            assertThat(Kernel.sharedMemory()).doesNotContain(block.kernelName().substring(1));
            var next = ipc.createSharedMemory(owner, "frames", SIZE).get();

            var outcome = reclaim.end(owner, Ipc.TYPE);
            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(block.segment().get(JAVA_BYTE, 0)).isZero();
            assertThat(Kernel.sharedMemory()).doesNotContain(next.kernelName().substring(1));
            var another = ipc.createSharedMemory(user, "frames", SIZE).get();

            sink.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(read.result()).isEqualTo(3);
            await().until(() -> !block.segment().scope().isAlive());
            await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
            assertThat(Kernel.sharedMemory()).as("somebody else's").contains(another.kernelName().substring(1));
        }
    }

    @Test
    void aNameThatIsInUseIsRefusedAndLeftAlone() throws Exception {
        var block = ipc.createSharedMemory(owner, "frames", SIZE).get();
        ipc.createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(1, 1));
        var foreign = Path.of("/dev/shm", block.kernelName().substring(1).replace("frames", "foreign"));
        Files.writeString(foreign, "somebody's");
        try {
            assertThatThrownBy(() -> ipc.createSharedMemory(user, "frames", 1))
                    .isInstanceOf(IpcNameInUseException.class)
                    .hasMessage("The name 'frames' is in use: shared memory 'frames' of process " + owner);
            assertThatThrownBy(() -> ipc.createSharedMemory(user, "q", 1)).isInstanceOf(IpcNameInUseException.class);
            assertThatThrownBy(() -> ipc.createQueue(user, "frames", QueueOrder.FIFO, new QueueLimits(1, 1)))
                    .isInstanceOf(IpcNameInUseException.class);
            assertThatThrownBy(() -> ipc.createSharedMemory(user, "foreign", 1))
                    .isInstanceOf(IpcNameInUseException.class)
                    .hasMessageContaining("'/" + foreign.getFileName() + "' is in use in the kernel");
            assertThatThrownBy(() -> ipc.attachSharedMemory(user, "q", MemoryAccess.READ_ONLY))
                    .isInstanceOf(NoSuchIpcNameException.class)
                    .hasMessageStartingWith("There is no shared memory 'q': that is the name of queue 'q'");

            assertThat(reclaim.end(user, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
            assertThat(foreign).hasContent("somebody's");
            assertThat(Files.size(file(block))).isEqualTo(SIZE);
        } finally {
            Files.delete(foreign);
        }
        // What was refused has left no name behind.
        ipc.createSharedMemory(owner, "foreign", 1);
    }

    @Test
    void whatAnotherProgramHasUnlinkedOrShrunkIsRefusedWithTheReasonAndFreedWithoutFailure() throws Exception {
        var unlinked = ipc.createSharedMemory(owner, "unlinked", SIZE).get();
        var shrunk = ipc.createSharedMemory(owner, "shrunk", SIZE).get();
        Files.delete(file(unlinked));
        try (var channel = FileChannel.open(file(shrunk), StandardOpenOption.WRITE)) {
            channel.truncate(10);
        }

        assertThatThrownBy(() -> ipc.attachSharedMemory(user, "unlinked", MemoryAccess.READ_WRITE))
                .isInstanceOf(NoSuchIpcNameException.class)
                .hasMessageContaining(unlinked.kernelName());
        for (var access : MemoryAccess.values()) {
            assertThatThrownBy(() -> ipc.attachSharedMemory(user, "shrunk", access))
                    .isInstanceOf(IOException.class)
                    .hasMessage("%s has 10 bytes, was created with %d: another program has shrunk it",
                            shrunk.kernelName(), SIZE);
        }
        assertThat(Files.size(file(shrunk))).isEqualTo(10);

        assertThat(reclaim.end(user, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.FREED);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
    void aSizeBelowOneIsRefused(long byteSize) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.createSharedMemory(owner, "frames", byteSize))
                .withMessage("byteSize is " + byteSize + ", must be 1 or more");
        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void whatCannotBeIsRefusedAndLeavesNothing() throws Exception {
        assertThatIllegalArgumentException().isThrownBy(() -> ipc.createSharedMemory(owner, "a/b", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.attachSharedMemory(owner, "", MemoryAccess.READ_ONLY));
        assertThatNullPointerException().isThrownBy(() -> ipc.attachSharedMemory(owner, "frames", null));
        assertThatThrownBy(() -> ipc.createSharedMemory(owner, "frames", 1L << 50))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fallocate");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ipc.createSharedMemory(owner, "frames", SIZE))
                .isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();

        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
        var block = ipc.createSharedMemory(user, "frames", SIZE).get();
        assertThat(Kernel.sharedMemory().stream().filter(isOf(block)::test)).hasSize(1);
    }

    @Test
    void memoryIsCountedForItsOwnerOnly() throws Exception {
        try (var limited = new TestPlatform(builder -> builder.limits(Ipc.TYPE, new ResourceLimits(SIZE, 2 * SIZE)))) {
            var manager = limited.manager(IpcManager.class);
            long first = limited.start();
            manager.createSharedMemory(first, "a", SIZE);
            manager.attachSharedMemory(first, "a", MemoryAccess.READ_WRITE);

            assertThatThrownBy(() -> manager.createSharedMemory(first, "b", 1))
                    .isInstanceOf(ResourceLimitException.class);
            limited.end(first);
            manager.createSharedMemory(limited.start(), "b", SIZE);
        }
    }

    @Test
    void memoryIsShownByItsKernelNameSizeAndPlace() throws Exception {
        var created = ipc.createSharedMemory(owner, "frames", SIZE).get();
        var attached = ipc.attachSharedMemory(user, "frames", MemoryAccess.READ_ONLY).get();

        assertThat(reclaim.processes().inventory().resources(owner))
                .extracting(ResourceInfo::label)
                .containsExactly("shared memory %s, 10000 bytes at 0x%x, owner"
                        .formatted(created.kernelName(), created.segment().address()));
        assertThat(reclaim.processes().inventory().resources(user))
                .extracting(ResourceInfo::label)
                .containsExactly("shared memory %s, 10000 bytes at 0x%x, READ_ONLY, of process %d"
                        .formatted(created.kernelName(), attached.segment().address(), owner));
    }

    private static Path file(SharedMemoryBlock block) {
        return Path.of("/dev/shm" + block.kernelName());
    }

    private static Predicate<String> isOf(SharedMemoryBlock block) {
        var prefix = block.kernelName().substring(1, block.kernelName().lastIndexOf('-'));
        return name -> name.contains(prefix);
    }

    private static void assertStale(MemorySegment segment) {
        assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }
}
