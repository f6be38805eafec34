package org.reclaim.itests.osgi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.MessageQueue;
import org.reclaim.api.ipc.ProcessPipe;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalScope;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.api.task.AsyncTaskManager;

/** Something of each type that a process holds, and a use of each: what is not live does not give the right answer. */
final class Possessions {

    /** How many resources of each type the first set of a process is; the mask of its signals is there once. */
    static final Map<String, Long> COUNTS = Map.of(
            "file_descriptors", 1L,
            "sockets", 1L,
            "signals", 2L,
            "rings", 3L,
            "async_tasks", 1L,
            "ipc", 4L,
            "mappings", 1L,
            "memory", 1L);

    private static final int BYTES = 4096;
    private static final int RING_BYTES = 4096;
    private static final long SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(SECONDS);

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long pid;
    private final FileChannel file;
    private final DatagramChannel udp;
    private final LinkedBlockingQueue<String> signalled = new LinkedBlockingQueue<>();
    private final RingProducer producer;
    private final RingConsumer consumer;
    private final IoUring ioUring;
    private final LinkedBlockingQueue<Long> questions = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Long> answers = new LinkedBlockingQueue<>();
    private final MessageQueue queue;
    private final MemorySegment shared;
    private final ProcessPipe pipe;
    private final MemorySegment mapping;
    private final MemorySegment block;
    private long round;

    /** Acquires a set. */
    Possessions(long pid) throws IOException {
        this.pid = pid;
        var name = "possession-" + NUMBERS.incrementAndGet();
        file = PlatformTest.service(FdManager.class).createTemporaryFile(pid, "possession", "").get().channel();
        udp = PlatformTest.service(SocketManager.class)
                .openUdp(pid, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .get();
        PlatformTest.service(SignalManager.class).handle(
                pid, PosixSignal.USR1, SignalScope.PLATFORM, signal -> signalled.add(signal.signal().name()));
        producer = PlatformTest.service(ZeroCopyIpc.class).createProducer(pid, name, RING_BYTES).get();
        consumer = PlatformTest.service(ZeroCopyIpc.class).attachConsumer(pid, name).get();
        ioUring = PlatformTest.service(IoUringManager.class).open(pid, 4, 0).get();
        PlatformTest.service(AsyncTaskManager.class).submit(pid, name, () -> {
            while (true) {
                answers.add(-questions.take());
            }
        });
        var ipc = PlatformTest.service(IpcManager.class);
        queue = ipc.createQueue(pid, name, QueueOrder.FIFO, new QueueLimits(2, Long.BYTES)).get();
        shared = ipc.createSharedMemory(pid, name + "-memory", BYTES).get().segment();
        pipe = ipc.createPipe(pid, pid);
        mapping = PlatformTest.service(MmapManager.class)
                .mapAnonymous(pid, BYTES, Sharing.SHARED, Protection.READ_WRITE)
                .get()
                .segment();
        block = PlatformTest.service(MemoryManager.class).allocate(pid, BYTES).get().segment();
    }

    /** Uses each of them, in another way each time. Of several sets of a process only the last has its signals. */
    void use() throws Exception {
        round++;
        var bytes = ByteBuffer.allocate(Long.BYTES).putLong(0, round);
        file.write(bytes, 0);
        requireRound("file", file, (channel, into) -> channel.read(into, 0));
        udp.send(bytes.rewind(), udp.getLocalAddress());
        requireRound("udp", udp, DatagramChannel::receive);
        pipe.writingEnd().get().write(bytes.rewind());
        requireRound("pipe", pipe.readingEnd().get(), (source, into) -> source.read(into));
        queue.send(Message.of(bytes.array()));
        require("queue", ByteBuffer.wrap(queue.receive(PATIENCE).orElseThrow().content()).getLong());
        for (var segment : new MemorySegment[] {shared, mapping, block}) {
            segment.set(ValueLayout.JAVA_LONG, BYTES - Long.BYTES, round);
            require("memory", segment.get(ValueLayout.JAVA_LONG, BYTES - Long.BYTES));
        }
        useRings();
        questions.add(round);
        require("task", -within(answers));
        PlatformTest.service(SignalManager.class).send(pid, PosixSignal.USR1);
        within(signalled);
    }

    private void useRings() throws Exception {
        long at = producer.claim(Long.BYTES, PATIENCE);
        producer.segment().set(ValueLayout.JAVA_LONG, at, round);
        producer.commit();
        var read = new long[1];
        consumer.await(PATIENCE);
        consumer.poll((data, offset, length) -> read[0] = data.get(ValueLayout.JAVA_LONG, offset), 1);
        require("ring", read[0]);
        var token = new long[1];
        ioUring.queue().nop(round);
        ioUring.submit();
        ioUring.await(1, PATIENCE, (ended, result) -> token[0] = ended);
        require("io_uring", token[0]);
    }

    /** Reads from something. */
    private interface Reading<T> {
        Object read(T from, ByteBuffer into) throws IOException;
    }

    private <T> void requireRound(String what, T from, Reading<T> reading) throws IOException {
        var into = ByteBuffer.allocate(Long.BYTES);
        reading.read(from, into);
        require(what, into.getLong(0));
    }

    private void require(String what, long answer) {
        if (answer != round) {
            throw new AssertionError(what + " of process " + pid + " answered " + answer + ", expected " + round);
        }
    }

    private static <T> T within(LinkedBlockingQueue<T> queue) throws Exception {
        var taken = queue.poll(SECONDS, TimeUnit.SECONDS);
        if (taken == null) {
            throw new TimeoutException("no answer within " + PATIENCE);
        }
        return taken;
    }
}
