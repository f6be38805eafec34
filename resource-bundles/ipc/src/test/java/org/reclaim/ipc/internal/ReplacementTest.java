package org.reclaim.ipc.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.IpcNameInUseException;
import org.reclaim.api.ipc.IpcNamespace;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.NoSuchIpcNameException;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** Another instance of the type takes over what the first one has acquired. */
@EnabledOnOs(OS.LINUX)
class ReplacementTest {

    private static final QueueLimits LIMITS = new QueueLimits(2, 10);
    private static final Message MESSAGE = Message.of(new byte[] {1});

    private final TestPlatform reclaim = new TestPlatform();
    private final Ipc first = (Ipc) reclaim.manager(IpcManager.class);
    private final long owner = reclaim.start();
    private final long user = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    private Ipc another() {
        return new Ipc(reclaim.processes().tables(), System::getProperty);
    }

    @Test
    void whatTheFirstHasCreatedIsServedAndFreedByTheSecond() throws Exception {
        var queue = first.createQueue(owner, "q", QueueOrder.FIFO, LIMITS).get();
        var topic = first.createTopic(owner, "t", 10).get();
        var memory = first.createSharedMemory(owner, "m", 100).get();
        var pipe = first.createPipe(owner, user);
        var received = Waiter.in(first.openQueue(user, "q", QueueAccess.RECEIVE).get()::receive);
        var subscribed = Waiter.in(first.subscribe(user, "t", 1).get()::receive);
        first.detach();
        assertThatThrownBy(() -> first.openTopic(user, "t")).isInstanceOf(ResourceTypeUnavailableException.class);
        assertThat(received.isDone()).isFalse();

        var second = another();
        second.openQueue(user, "q", QueueAccess.SEND).get().send(MESSAGE);
        assertThat(second.openTopic(user, "t").get().publish(MESSAGE)).isEqualTo(1);
        var attached = second.attachSharedMemory(user, "m", MemoryAccess.READ_ONLY).get();
        memory.segment().set(JAVA_BYTE, 9, (byte) 99);

        assertThat(received.result().byteSize()).isEqualTo(1);
        assertThat(subscribed.result().byteSize()).isEqualTo(1);
        assertThat(attached.segment().get(JAVA_BYTE, 9)).isEqualTo((byte) 99);
        var waiting = Waiter.in(queue::receive);
        var outcome = reclaim.end(owner, Ipc.TYPE);
        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(4);
        assertThat(waiting.failure()).isInstanceOf(IpcClosedException.class);
        assertThatThrownBy(() -> topic.publish(MESSAGE)).isInstanceOf(IpcClosedException.class);
        assertThat(Path.of("/dev/shm" + memory.kernelName())).doesNotExist();
        assertThat(pipe.readingEnd().get().read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(6);
        assertThat(Kernel.mappings(memory.kernelName())).isEmpty();
    }

    @Test
    void namesStayTakenAndKernelNamesGoOnAsTheyBegan() throws Exception {
        first.createQueue(owner, "q", QueueOrder.FIFO, LIMITS);
        var memory = first.createSharedMemory(owner, "m", 100).get();
        first.detach();

        var second = another();

        assertThatThrownBy(() -> second.createTopic(user, "q", 1)).isInstanceOf(IpcNameInUseException.class);
        assertThatThrownBy(() -> second.createSharedMemory(user, "m", 1)).isInstanceOf(IpcNameInUseException.class);
        assertThat(second.createSharedMemory(user, "n", 1).get().kernelName())
                .isEqualTo(memory.kernelName().replaceFirst("-m$", "-n"));
        reclaim.end(owner);
        second.createTopic(user, "q", 1);
        second.createSharedMemory(user, "m", 1);
    }

    @Test
    void twoSideBySideAgreeOnWhoHasAName() {
        var second = another();

        first.createQueue(owner, "q", QueueOrder.FIFO, LIMITS);
        second.createQueue(owner, "r", QueueOrder.FIFO, LIMITS);

        assertThatThrownBy(() -> second.createQueue(user, "q", QueueOrder.FIFO, LIMITS))
                .isInstanceOf(IpcNameInUseException.class);
        assertThatThrownBy(() -> first.createQueue(user, "r", QueueOrder.FIFO, LIMITS))
                .isInstanceOf(IpcNameInUseException.class);
        second.detach();
        first.openQueue(user, "r", QueueAccess.SEND);
    }

    @Test
    void whatIsClosedBetweenThemIsFreedByTheSecond() throws Exception {
        var memory = first.createSharedMemory(owner, "m", 100);
        var queue = first.createQueue(owner, "q", QueueOrder.FIFO, LIMITS);
        var file = Path.of("/dev/shm" + memory.get().kernelName());
        first.detach();

        memory.close();
        queue.close();
        assertThat(file).exists();

        var second = another();
        await().until(() -> reclaim.processes().inventory().resources(owner).isEmpty());
        assertThat(file).doesNotExist();
        second.createQueue(user, "q", QueueOrder.FIFO, LIMITS);
        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void anAttachmentThatFindsAnotherMemoryOfTheSameNameBlamesNobody() throws Exception {
        var memory = first.createSharedMemory(owner, "m", 100_000);
        var namespace = IpcNamespace.of(reclaim.processes().tables().processes(), () -> "unused");

        IpcNamespace.Mapping tooLate = (name, size, arena) -> {
            memory.close();
            first.createSharedMemory(owner, "m", 1);
            return KernelMemory.open(name, size, MemoryAccess.READ_ONLY, arena);
        };
        assertThatThrownBy(() -> namespace.attachSharedMemory(user, "m", MemoryAccess.READ_ONLY, tooLate))
                .isInstanceOf(NoSuchIpcNameException.class)
                .hasMessage("There is no shared memory 'm', or not any more")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void theNamesOfTwoPlatformsAreTheirOwn() throws Exception {
        try (var other = new TestPlatform()) {
            var memory = first.createSharedMemory(owner, "m", 100).get();

            var others = other.manager(IpcManager.class).createSharedMemory(other.start(), "m", 100).get();

            assertThat(others.kernelName()).isNotEqualTo(memory.kernelName());
        }
        first.attachSharedMemory(user, "m", MemoryAccess.READ_ONLY);
    }

    @Test
    void namesGoWithTheirPlatform() {
        var namespace = namespaceOfAPlatformThatIsClosed();

        await().until(() -> {
            System.gc();
            another(); // looks at what there is
            return namespace.get() == null;
        });
    }

    private static WeakReference<IpcNamespace> namespaceOfAPlatformThatIsClosed() {
        try (var other = new TestPlatform()) {
            other.manager(IpcManager.class).createQueue(other.start(), "q", QueueOrder.FIFO, LIMITS);
            return new WeakReference<>(IpcNamespace.of(other.processes().tables().processes(), () -> "unused"));
        }
    }
}
