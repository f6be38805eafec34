package org.reclaim.rings.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.reclaim.api.ring.MessageHandler;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;

/** A platform of its own, in a JVM of its own, that takes the other side of a ring. */
final class RingPeer {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** Adds up the numbers that it reads. */
    private static final class Sum implements MessageHandler {

        private long sum;
        private long count;

        @Override
        public void onMessage(MemorySegment data, long offset, int length) {
            sum += data.get(ValueLayout.JAVA_LONG, offset);
            count++;
        }
    }

    private RingPeer() {}

    /**
     * Takes part, and says on its standard output what came of it.
     *
     * @param args what to do, the kernel's name of the ring, and how many messages
     */
    public static void main(String[] args) throws Exception {
        long messages = Long.parseLong(args[2]);
        try (var reclaim = new RingPlatform()) {
            long pid = reclaim.start();
            switch (args[0]) {
                case "read" -> System.out.println(read(reclaim.rings().attachConsumer(pid, args[1]).get(), messages));
                case "read, then wait" -> {
                    var consumer = reclaim.rings().attachConsumer(pid, args[1]).get();
                    System.out.println(read(consumer, messages));
                    consumer.await(LONG);
                }
                case "write" -> write(reclaim.rings().attachProducer(pid, args[1]).get(), messages);
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    /** Reads so many messages, or until there are no more. */
    static String read(RingConsumer consumer, long messages) throws InterruptedException {
        var sum = new Sum();
        try {
            while (sum.count < messages) {
                if (consumer.poll(sum, 100) == 0 && !consumer.await(LONG)) {
                    throw new IllegalStateException("no message for " + LONG);
                }
            }
        } catch (RingClosedException e) {
            return sum.count + " messages, sum " + sum.sum + "; " + e.getMessage();
        }
        return sum.count + " messages, sum " + sum.sum;
    }

    /** Writes so many numbers, from 0. */
    static void write(RingProducer producer, long messages) throws InterruptedException {
        for (long i = 0; i < messages; i++) {
            long offset = producer.claim(Long.BYTES, LONG);
            if (offset < 0) {
                throw new IllegalStateException("no space for " + LONG);
            }
            producer.segment().set(ValueLayout.JAVA_LONG, offset, i);
            producer.commit();
        }
    }
}
