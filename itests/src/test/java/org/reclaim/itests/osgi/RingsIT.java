package org.reclaim.itests.osgi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringClosedException;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.OperationQueue;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingPipe;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.ZeroCopyIpc;

/** The bundle of the type goes and comes while both kinds of rings are in use. */
public class RingsIT extends PlatformTest {

    private static final long CAPACITY = 4096;

    /** What the kernel has of one {@link Both}: a name, two mappings for each kind, four descriptors. */
    private static final int HELD = 1 + 2 + 2 + 4;

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final long READ = 1;
    private static final long WRITE = 2;

    private Bundle bundle;
    private long pid;
    private List<String> before;

    @Before
    public void find() throws IOException {
        bundle = bundle("org.reclaim.rings");
        pid = processes().start(ProcessSpec.logical("user of rings")).pid();
        before = held();
    }

    @After
    public void bringBack() throws BundleException {
        bundle.start();
    }

    /** Both sides of a zero-copy ring; an io_uring instance and a pipe that it reads from and writes to. */
    private record Both(
            RingProducer producer, RingConsumer consumer, IoUring ring, RingPipe pipe, MemorySegment buffer) {

        static final int HANDLES = 4;

        static Both of(long pid, String name) throws IOException {
            var producer = service(ZeroCopyIpc.class).createProducer(pid, name, CAPACITY).get();
            var consumer = service(ZeroCopyIpc.class).attachConsumer(pid, name).get();
            var ring = service(IoUringManager.class).open(pid, 4, 100).get();
            return new Both(
                    producer,
                    consumer,
                    ring,
                    service(IoUringManager.class).openPipe(pid).get(),
                    ring.allocate(2, 1));
        }

        void use() throws Exception {
            exchange();
            beginRead();
            write();
            awaitByte(2);
        }

        void exchange() {
            var sum = new AtomicInteger();
            producer.segment().set(JAVA_LONG, producer.tryClaim(Long.BYTES), 42);
            producer.commit();
            assertThat(consumer.poll((data, at, length) -> sum.addAndGet((int) data.get(JAVA_LONG, at)), 2))
                    .isEqualTo(1);
            assertThat(sum).hasValue(42);
        }

        /** Waits in the kernel until something is written. */
        void beginRead() throws IOException {
            buffer.set(JAVA_BYTE, 0, (byte) 0);
            assertThat(ring.queue()
                            .read(pipe.source(), buffer.asSlice(0, 1), OperationQueue.CURRENT_POSITION, READ))
                    .isTrue();
            assertThat(ring.submit()).isEqualTo(1);
        }

        void write() throws IOException {
            buffer.set(JAVA_BYTE, 1, (byte) 7);
            assertThat(ring.queue()
                            .write(pipe.sink(), buffer.asSlice(1, 1), OperationQueue.CURRENT_POSITION, WRITE))
                    .isTrue();
            assertThat(ring.submit()).isEqualTo(1);
        }

        void awaitByte(int completions) throws Exception {
            assertThat(ring.await(completions, LONG, (token, result) -> assertThat(result).isEqualTo(1)))
                    .isEqualTo(completions);
            assertThat(buffer.get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }

        void assertGone() {
            assertThatThrownBy(() -> producer.tryClaim(8)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> consumer.poll((data, at, length) -> {}, 1))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(ring::submit).isInstanceOf(IoUringClosedException.class);
            assertThatThrownBy(() -> buffer.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    public void ringsStayUsableWhileTheBundleIsStoppedAndTheEndFreesThemWhenItIsBack() throws Exception {
        var early = Both.of(pid, "early");
        early.use();
        early.beginRead();

        bundle.stop();
        early.exchange();
        early.write();
        early.awaitByte(2);
        early.beginRead();

        bundle.start();
        var late = Both.of(pid, "late");
        early.exchange();
        late.use();
        assertThat(held()).hasSize(before.size() + 2 * HELD);
        var outcome = endOf(pid);

        assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(2L * Both.HANDLES);
        early.assertGone();
        late.assertGone();
        assertThat(held()).isEqualTo(before);
    }

    @Test
    public void whatAProcessLeavesWhileTheBundleIsAwayIsFreedWhenItIsBack() throws Exception {
        var both = Both.of(pid, "left");
        both.beginRead();
        var held = held();
        bundle.stop();

        assertThat(processes().terminate(pid).cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .contains(tuple("rings", Status.UNBOUND));
        assertThat(held()).isEqualTo(held);

        bundle.start();
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        both.assertGone();
        assertThat(held()).isEqualTo(before);
    }

    @Test
    public void ringsKeepNothingOfABundleThatWasUpdated() throws Exception {
        var both = Both.of(pid, "updated");
        both.use();
        both.beginRead();
        var old = new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());

        try (var jar = Files.newInputStream(Distribution.jar("org.reclaim.rings"))) {
            bundle.update(jar);
        }

        await().until(() -> {
            System.gc();
            return old.refersTo(null);
        });
        both.exchange();
        both.write();
        both.awaitByte(2);
        assertThat(endOf(pid).status()).isEqualTo(Status.FREED);
        assertThat(held()).isEqualTo(before);
    }

    @Test
    public void aCallMadeMeanwhileWaitsUntilTheBundleIsBack() throws Exception {
        bundle.stop();
        var call = new FutureTask<>(() -> Both.of(pid, "awaited"));
        var caller = Thread.ofPlatform().start(call);
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        bundle.start();

        call.get().use();
    }

    @Test
    public void badInputIsRefusedAndNothingIsAcquired() throws Exception {
        var zeroCopy = service(ZeroCopyIpc.class);
        var ioUring = service(IoUringManager.class);

        assertThatThrownBy(() -> zeroCopy.createProducer(pid, "a/b", CAPACITY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("name is 'a/b', must be ");
        assertThatThrownBy(() -> zeroCopy.createConsumer(pid, "odd", CAPACITY + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("capacity is 4097, must be a power of two");
        assertThatThrownBy(() -> ioUring.open(pid, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("entries is 0, must be 1 to " + IoUringManager.MAX_ENTRIES);
        assertThatThrownBy(() -> ioUring.openFile(pid, runtime().resolve("missing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("missing");

        assertThat(held()).isEqualTo(before);
        assertThat(endOf(pid).status()).isEqualTo(Status.EMPTY);
    }

    private static TypeOutcome endOf(long pid) {
        return processes().terminate(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals("rings"))
                .findFirst()
                .orElseThrow();
    }

    /** What the kernel has of this JVM's rings: names and mappings, instances, their events, and pipes. */
    private static List<String> held() throws IOException {
        try (var names = Files.list(Path.of("/dev/shm"));
                var mappings = Files.lines(Path.of("/proc/self/maps"))) {
            var prefix = "/dev/shm/" + runtime().getParent().getFileName() + "-" + runtime().getFileName();
            var mapped = mappings.filter(line -> line.contains(prefix) || line.endsWith("[io_uring]"))
                    .map(line -> line.substring(line.lastIndexOf(line.contains(prefix) ? prefix : "anon_inode")));
            var descriptors = Kernel.descriptors().stream()
                    .filter(target -> target.startsWith("anon_inode:") || target.startsWith("pipe:"));
            return Stream.of(names.map(Path::toString).filter(name -> name.startsWith(prefix)), mapped, descriptors)
                    .flatMap(Function.identity())
                    .sorted()
                    .toList();
        }
    }
}
