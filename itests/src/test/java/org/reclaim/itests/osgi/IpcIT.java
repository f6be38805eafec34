package org.reclaim.itests.osgi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.IpcNameInUseException;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.MessageQueue;
import org.reclaim.api.ipc.ProcessPipe;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.api.ipc.SharedMemoryBlock;
import org.reclaim.api.ipc.Subscription;
import org.reclaim.api.ipc.Topic;

/** Two processes communicate while the bundle of the type is stopped, started and updated. */
public class IpcIT extends PlatformTest {

    private static final Message MESSAGE = Message.of(new byte[] {1, 2, 3});

    private Bundle bundle;
    private long owner;
    private long user;

    @Before
    public void find() {
        bundle = bundle("org.reclaim.ipc");
        owner = processes().start(ProcessSpec.logical("owner")).pid();
        user = processes().start(ProcessSpec.logical("user")).pid();
    }

    @After
    public void bringBack() throws BundleException {
        bundle.start();
    }

    /** One of each: four are the owner's, four the user's. */
    private record Everything(
            MessageQueue created,
            MessageQueue opened,
            Topic topic,
            Subscription subscription,
            ProcessPipe pipe,
            SharedMemoryBlock memory,
            SharedMemoryBlock attached) {

        static Everything of(long owner, long user) throws IOException {
            return new Everything(
                    ipc().createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(2, 10)).get(),
                    ipc().openQueue(user, "q", QueueAccess.SEND_AND_RECEIVE).get(),
                    ipc().createTopic(owner, "t", 10).get(),
                    ipc().subscribe(user, "t", 2).get(),
                    ipc().createPipe(owner, user),
                    ipc().createSharedMemory(owner, "m", 100).get(),
                    ipc().attachSharedMemory(user, "m", MemoryAccess.READ_ONLY).get());
        }

        void use() throws Exception {
            created.send(MESSAGE);
            assertThat(opened.receive().byteSize()).isEqualTo(3);
            topic.publish(MESSAGE);
            assertThat(subscription.receive().byteSize()).isEqualTo(3);
            pipe.writingEnd().get().write(ByteBuffer.allocate(7));
            assertThat(pipe.readingEnd().get().read(ByteBuffer.allocate(10))).isEqualTo(7);
            memory.segment().set(JAVA_BYTE, 9, (byte) (memory.segment().get(JAVA_BYTE, 9) + 1));
            assertThat(attached.segment().get(JAVA_BYTE, 9)).isEqualTo(memory.segment().get(JAVA_BYTE, 9));
        }
    }

    @Test
    public void whatIsThereStaysUsableWhileTheBundleIsAwayAndIsFreedWhenItIsBack() throws Exception {
        var everything = Everything.of(owner, user);
        var file = Path.of("/dev/shm" + everything.memory().kernelName());
        everything.use();

        bundle.stop();
        everything.use();
        bundle.start();
        everything.use();

        assertThat(file).exists();
        assertFreed(4, endOf(owner));
        assertThat(file).doesNotExist();
        assertThatThrownBy(everything.opened()::tryReceive).isInstanceOf(IpcClosedException.class);
        assertThatThrownBy(everything.subscription()::tryReceive).isInstanceOf(IpcClosedException.class);
        assertThat(everything.pipe().readingEnd().get().read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(everything.attached().segment().get(JAVA_BYTE, 9)).isEqualTo((byte) 3);
        assertThat(mappings(file)).isEqualTo(1);

        assertFreed(4, endOf(user));
        assertThat(mappings(file)).isZero();
    }

    @Test
    public void whoWaitsGoesOnWaitingDuringAnUpdateAndNothingOfTheOldBundleStays() throws Exception {
        var everything = Everything.of(owner, user);
        var received = new FutureTask<>(everything.opened()::receive);
        var reader = Thread.ofPlatform().start(received);
        await().until(() -> reader.getState() == Thread.State.WAITING);
        var old = new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());

        try (var jar = Files.newInputStream(Distribution.jar("org.reclaim.ipc"))) {
            bundle.update(jar);
        }

        assertThat(received.isDone()).isFalse();
        assertThatThrownBy(() -> ipc().createTopic(user, "q", 1)).isInstanceOf(IpcNameInUseException.class);
        await().until(() -> {
            System.gc();
            return old.get() == null;
        });
        assertThat(endOf(owner).status()).isEqualTo(Status.FREED);
        assertThatThrownBy(received::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IpcClosedException.class);
        ipc().createTopic(user, "q", 1);
    }

    @Test
    public void aCallMadeMeanwhileWaitsUntilTheBundleIsBack() throws Exception {
        bundle.stop();
        var call = new FutureTask<>(() -> ipc().createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(1, 1)));
        var caller = Thread.ofPlatform().start(call);
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        bundle.start();

        assertThat(call.get().get().trySend(Message.of(new byte[1]))).isTrue();
    }

    @Test
    public void kernelNamesBeginWithTheRuntimeFolder() throws Exception {
        var block = ipc().createSharedMemory(owner, "m", 1).get();

        assertThat(block.kernelName())
                .isEqualTo("/" + runtime().getParent().getFileName() + "-" + runtime().getFileName() + "-m");
    }

    private static IpcManager ipc() {
        return service(IpcManager.class);
    }

    private static TypeOutcome endOf(long pid) {
        return processes().terminate(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals("ipc"))
                .findFirst()
                .orElseThrow();
    }

    private static void assertFreed(long resources, TypeOutcome outcome) {
        assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(resources);
    }

    private static long mappings(Path file) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(file.toString())).count();
        }
    }
}
