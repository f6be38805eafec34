package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.api.ipc.SharedMemoryBlock;

/** A queue and a topic, each with a reader who waits; a pipe; shared memory that is mapped twice. */
@Component
public final class IpcPart implements DemoPart {

    private static final QueueLimits LIMITS = new QueueLimits(100, 4096);
    private static final long SHARED_BYTES = 64 << 10;

    /** How long a reader who was woken may take to be gone. */
    private static final Duration WAKING = Duration.ofSeconds(1);

    private final IpcManager ipc;

    @Activate
    public IpcPart(@Reference(target = "(reclaim.available=true)") IpcManager ipc) {
        this.ipc = ipc;
    }

    @Override
    public String resourceType() {
        return "ipc";
    }

    @Override
    public List<Exhibit> acquire(long pid) throws IOException {
        // Several demos may run on one platform.
        var orders = "demo-orders-" + pid;
        var news = "demo-news-" + pid;
        var frames = "demo-frames-" + pid;
        var exhibits = new ArrayList<Exhibit>();

        ipc.createQueue(pid, orders, QueueOrder.PRIORITY, LIMITS);
        exhibits.add(reader("queue", orders, ipc.openQueue(pid, orders, QueueAccess.RECEIVE).get()::receive));

        ipc.createTopic(pid, news, LIMITS.maxMessageBytes());
        exhibits.add(reader("topic", news, ipc.subscribe(pid, news, LIMITS.maxMessages()).get()::receive));

        exhibits.addAll(pipe(pid));

        if (Kernel.isVisible()) { // Linux: elsewhere this memory is not
            exhibits.add(memory("shared memory", ipc.createSharedMemory(pid, frames, SHARED_BYTES).get()));
            exhibits.add(memory("attached to it", ipc.attachSharedMemory(pid, frames, MemoryAccess.READ_ONLY).get()));
        }
        return exhibits;
    }

    /** Receives one message, and waits until there is one. */
    @FunctionalInterface
    private interface Receiving {
        Message receive() throws InterruptedException;
    }

    /** A queue within the JVM is unknown to the kernel; but that a thread waits there, the JDK knows. */
    private static Exhibit reader(String what, String name, Receiving receiving) {
        var reader = Thread.ofVirtual().name("reclaim-demo-" + name).start(() -> receiveUntilClosed(receiving));
        return new Exhibit(what, name + ", with a reader who waits", () -> isWaiting(reader));
    }

    private static void receiveUntilClosed(Receiving receiving) {
        try {
            while (true) {
                receiving.receive();
            }
        } catch (IpcClosedException | InterruptedException e) {
            return; // what the demo is about
        }
    }

    private static boolean isWaiting(Thread reader) {
        try {
            return !reader.join(WAKING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return reader.isAlive();
        }
    }

    private List<Exhibit> pipe(long pid) throws IOException {
        var before = Kernel.pipes();
        var pipe = ipc.createPipe(pid, pid);
        var made = Kernel.pipes();
        made.keySet().removeAll(before.keySet());
        if (made.isEmpty()) {
            return List.of(
                    new Exhibit("pipe", "writing end", pipe.writingEnd().get()::isOpen),
                    new Exhibit("pipe", "reading end", pipe.readingEnd().get()::isOpen));
        }
        return made.entrySet().stream()
                .map(end -> new Exhibit(
                        "end of a pipe",
                        end.getValue() + ", descriptor " + end.getKey(),
                        () -> Kernel.pipes().entrySet().contains(end)))
                .toList();
    }

    private static Exhibit memory(String what, SharedMemoryBlock block) {
        var file = Path.of("/dev/shm" + block.kernelName());
        long address = block.segment().address();
        return new Exhibit(
                what,
                "%s, %d bytes at 0x%x".formatted(block.kernelName(), block.byteSize(), address),
                () -> block.isOwner() && Files.exists(file) || Kernel.isMapped(file, address));
    }
}
