package org.reclaim.benchmarks;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ring.MessageHandler;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/**
 * One message of 64 bytes from a thread to another one, through our ring and through that of Agrona. Both write it in
 * place, eight numbers, and read all of them in place; both wait in the same way for space and for messages.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsPrepend = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED") // Agrona uses its Unsafe
public class RingBenchmark {

    private static final int MESSAGES = 100_000;
    private static final int BATCH = 16;
    private static final int MESSAGE_SIZE = 64;
    private static final int CAPACITY = 256 << 10;
    private static final int POLL_LIMIT = 256;
    private static final int SPINS = 100;

    /** A thread that reads, until it is told to stop, and says how far it is. */
    private abstract static class Reader extends Thread {

        /** What was read, all numbers added: nothing of it can be left out. */
        long sum;

        private volatile long count;
        private volatile boolean stopped;

        @Override
        public void run() {
            int idle = 0;
            while (!stopped) {
                int read = poll();
                if (read == 0) {
                    idle = pause(idle);
                } else {
                    idle = 0;
                    count += read;
                }
            }
        }

        /** How many were read. */
        abstract int poll();

        void awaitCount(long all) {
            int idle = 0;
            while (count < all) {
                idle = pause(idle);
            }
        }

        void finish() throws InterruptedException {
            stopped = true;
            join();
        }
    }

    /** Spins, and lets others run if that takes long. */
    private static int pause(int idle) {
        if (idle < SPINS) {
            Thread.onSpinWait();
            return idle + 1;
        }
        Thread.yield();
        return idle;
    }

    /** Ours, in shared memory, each side with its own mapping. */
    @State(Scope.Benchmark)
    public static class Ours {

        private EmbeddedProcessManager processes;
        private RingProducer producer;
        private RingConsumer consumer;
        private Reader reader;
        private long sent;

        /** Creates a ring, attaches to it, and begins to read. */
        @Setup
        public void start() throws IOException {
            processes = ProcessManagers.builder().build();
            var rings = processes.manager(ZeroCopyIpc.class);
            long writing = processes.start(ProcessSpec.logical("producer")).pid();
            producer = rings.createProducer(writing, "benchmark", CAPACITY).get();
            long reading = processes.start(ProcessSpec.logical("consumer")).pid();
            consumer = rings.attachConsumer(reading, "benchmark").get();
            reader = new Reader() {
                private final MessageHandler handler = this::read;

                @Override
                int poll() {
                    return consumer.poll(handler, POLL_LIMIT);
                }

                private void read(MemorySegment data, long offset, int length) {
                    for (int i = 0; i < MESSAGE_SIZE; i += Long.BYTES) {
                        sum += data.get(ValueLayout.JAVA_LONG, offset + i);
                    }
                }
            };
            reader.start();
        }

        /** Ends everything. */
        @TearDown
        public void stop() throws InterruptedException {
            reader.finish();
            processes.close();
        }

        private void write() {
            long offset;
            int idle = 0;
            while ((offset = producer.tryClaim(MESSAGE_SIZE)) < 0) {
                idle = pause(idle);
            }
            var segment = producer.segment();
            for (int i = 0; i < MESSAGE_SIZE; i += Long.BYTES) {
                segment.set(ValueLayout.JAVA_LONG, offset + i, sent + i);
            }
            sent++;
        }
    }

    /** Agrona's, in memory off the heap. */
    @State(Scope.Benchmark)
    public static class Agrona {

        private OneToOneRingBuffer ring;
        private Reader reader;
        private long sent;

        /** Creates a ring and begins to read. */
        @Setup
        public void start() {
            ring = new OneToOneRingBuffer(new UnsafeBuffer(
                    ByteBuffer.allocateDirect(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH)));
            reader = new Reader() {
                private final org.agrona.concurrent.MessageHandler handler = this::read;

                @Override
                int poll() {
                    return ring.read(handler, POLL_LIMIT);
                }

                private void read(int type, DirectBuffer buffer, int offset, int length) {
                    for (int i = 0; i < MESSAGE_SIZE; i += Long.BYTES) {
                        sum += buffer.getLong(offset + i);
                    }
                }
            };
            reader.start();
        }

        /** Ends everything. */
        @TearDown
        public void stop() throws InterruptedException {
            reader.finish();
        }

        private void write() {
            int offset;
            int idle = 0;
            while ((offset = ring.tryClaim(1, MESSAGE_SIZE)) < 0) {
                idle = pause(idle);
            }
            var buffer = ring.buffer();
            for (int i = 0; i < MESSAGE_SIZE; i += Long.BYTES) {
                buffer.putLong(offset + i, sent + i);
            }
            ring.commit(offset);
            sent++;
        }
    }

    /** Each message claimed and committed. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void ring(Ours ours) {
        for (int i = 0; i < MESSAGES; i++) {
            ours.write();
            ours.producer.commit();
        }
        ours.reader.awaitCount(ours.sent);
    }

    /** A commit for each {@value #BATCH} messages. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void ringInBatches(Ours ours) {
        for (int i = 0; i < MESSAGES; i += BATCH) {
            for (int j = 0; j < BATCH; j++) {
                ours.write();
            }
            ours.producer.commit();
        }
        ours.reader.awaitCount(ours.sent);
    }

    /** Each message claimed and committed, in Agrona's. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void agrona(Agrona agrona) {
        for (int i = 0; i < MESSAGES; i++) {
            agrona.write();
        }
        agrona.reader.awaitCount(agrona.sent);
    }
}
