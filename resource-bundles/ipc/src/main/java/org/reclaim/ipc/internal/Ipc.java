package org.reclaim.ipc.internal;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.Reservation;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.IpcNamespace;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.MessageQueue;
import org.reclaim.api.ipc.ProcessPipe;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.api.ipc.SharedMemoryBlock;
import org.reclaim.api.ipc.Subscription;
import org.reclaim.api.ipc.Topic;
import org.reclaim.syscalls.SharedMemory;

/** The type {@code ipc}: makes and opens queues, topics, pipes and shared memory for processes, and ends them. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.ipc.IpcManager")
@ServiceRanking(CleanupRanking.IPC)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.ipc.IpcManager\"",
        uses = IpcManager.class,
        effective = "active")
public final class Ipc implements ResourceCleanup, ProcessEnding, IpcManager {

    static final String TYPE = "ipc";

    /** Framework or system property: the private folder of this run of the platform. */
    private static final String RUNTIME_FOLDER = "reclaim.runtime.dir";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");

    private final IpcReleaser releaser = new IpcReleaser();
    private final IpcNamespace namespace;

    /** Of queues, topics, subscriptions, ends of pipes and shared memory, each as one process has it open. */
    private final ResourceTable<Object> table;

    /**
     * Opens the table, in OSGi.
     *
     * @param tables  where they are tracked
     * @param context knows the properties of the framework
     */
    @Activate
    public Ipc(@Reference ResourceTables tables, BundleContext context) {
        this(tables, context::getProperty);
    }

    /** Opens the table. */
    Ipc(ResourceTables tables, UnaryOperator<String> properties) {
        var runtimeFolder = Optional.ofNullable(properties.apply(RUNTIME_FOLDER)).map(Path::of);
        namespace = IpcNamespace.of(tables.processes(), () -> SharedMemory.instancePrefix(runtimeFolder));
        table = tables.open(TYPE, Object.class, releaser);
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public ResourceHandle<MessageQueue> createQueue(long pid, String name, QueueOrder order, QueueLimits limits) {
        requireName("name", name);
        Objects.requireNonNull(order, "order");
        try (var place = table.reserve(pid, limits.byteSize())) {
            return track(
                    place,
                    namespace.createQueue(pid, name, order, limits),
                    order.name().toLowerCase(Locale.ROOT) + " queue '" + name + "', " + limits);
        }
    }

    @Override
    public ResourceHandle<MessageQueue> openQueue(long pid, String name, QueueAccess access) {
        requireName("name", name);
        Objects.requireNonNull(access, "access");
        try (var place = table.reserve(pid, 0)) {
            var queue = namespace.openQueue(pid, name, access);
            return track(place, queue, queue + ", opened for " + access);
        }
    }

    @Override
    public ResourceHandle<Topic> createTopic(long pid, String name, int maxMessageBytes) {
        requireName("name", name);
        var oneMessage = new QueueLimits(1, maxMessageBytes); // refuses what is out of range
        try (var place = table.reserve(pid, 0)) {
            return track(
                    place,
                    namespace.createTopic(pid, name, oneMessage.maxMessageBytes()),
                    "topic '" + name + "', messages of up to " + maxMessageBytes + " bytes");
        }
    }

    @Override
    public ResourceHandle<Topic> openTopic(long pid, String name) {
        requireName("name", name);
        try (var place = table.reserve(pid, 0)) {
            var topic = namespace.openTopic(pid, name);
            return track(place, topic, topic + ", opened to publish");
        }
    }

    @Override
    public ResourceHandle<Subscription> subscribe(long pid, String topic, int maxMessages) {
        requireName("topic", topic);
        table.reserve(pid, new QueueLimits(maxMessages, 1).byteSize()).close(); // pid and number before the topic
        // Found before the place is taken, because the size depends on it; nothing is to be freed of it.
        var published = namespace.openTopic(pid, topic);
        var limits = new QueueLimits(maxMessages, published.maxMessageBytes());
        try (var place = table.reserve(pid, limits.byteSize())) {
            return track(
                    place,
                    namespace.subscribe(published, pid, maxMessages),
                    "subscription to " + published + ", " + limits);
        }
    }

    @Override
    public ProcessPipe createPipe(long writerPid, long readerPid) throws IOException {
        try (var forWriter = table.reserve(writerPid, 0); var forReader = table.reserve(readerPid, 0)) {
            var pipe = Pipe.open();
            ResourceHandle<Pipe.SinkChannel> writingEnd;
            try {
                writingEnd = track(forWriter, pipe.sink(), "pipe, writing end, to process " + readerPid);
            } catch (RuntimeException | Error e) {
                undo(e, () -> releaser.release(pipe.source()));
                throw e;
            }
            try {
                return new ProcessPipe(
                        writingEnd,
                        track(forReader, pipe.source(), "pipe, reading end, from process " + writerPid));
            } catch (RuntimeException | Error e) {
                undo(e, writingEnd::close);
                throw e;
            }
        }
    }

    @Override
    public ResourceHandle<SharedMemoryBlock> createSharedMemory(long pid, String name, long byteSize)
            throws IOException {
        requireName("name", name);
        if (byteSize < 1) {
            throw new IllegalArgumentException("byteSize is " + byteSize + ", must be 1 or more");
        }
        try (var place = table.reserve(pid, byteSize)) {
            var block = namespace.createSharedMemory(pid, name, byteSize, KernelMemory::create);
            return track(place, block, label(block, "owner"));
        }
    }

    @Override
    public ResourceHandle<SharedMemoryBlock> attachSharedMemory(long pid, String name, MemoryAccess access)
            throws IOException {
        requireName("name", name);
        Objects.requireNonNull(access, "access");
        try (var place = table.reserve(pid, 0)) {
            var block = namespace.attachSharedMemory(
                    pid, name, access, (kernelName, size, arena) -> KernelMemory.open(kernelName, size, access, arena));
            return track(place, block, label(block, access + ", of process " + block.ownerPid()));
        }
    }

    private static String label(SharedMemoryBlock block, String holder) {
        return "shared memory " + block.kernelName() + ", " + block.byteSize() + " bytes at 0x"
                + Long.toHexString(block.segment().address()) + ", " + holder;
    }

    /** Tracks; what could not be tracked is released here. */
    private <T> ResourceHandle<T> track(Reservation<Object> place, T resource, String label) {
        try {
            return place.track(resource, label);
        } catch (RuntimeException | Error e) {
            undo(e, () -> releaser.release(resource));
            throw e;
        }
    }

    /** Takes something back after a failure, which stays the one that is told. */
    private static void undo(Throwable failure, Undoing step) {
        try {
            step.undo();
        } catch (IOException | RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    private static void requireName(String parameter, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(parameter + " is '" + printable(name) + "', must be 1 to "
                    + MAX_NAME_LENGTH + " letters, digits, '.', '_' or '-' of ASCII");
        }
    }

    /** Without what could spoil a log. */
    private static String printable(String name) {
        var beginning = name.length() > 2 * MAX_NAME_LENGTH ? name.substring(0, 2 * MAX_NAME_LENGTH) + "..." : name;
        return beginning.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /**
     * Wakes who waits in queues of the process, or for it: what runs in it is about to be stopped, and what runs in
     * others need not wait for that. Nothing is left of a queue but its entry in the table. Pipes stay, so that a
     * command can write its last words.
     */
    @Override
    public void ending(long pid) {
        table.forEach(pid, resource -> {
            switch (resource) {
                case MessageQueue queue -> queue.release();
                case Topic topic -> topic.release();
                case Subscription subscription -> subscription.release();
                default -> { }
            }
        });
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }

    @FunctionalInterface
    private interface Undoing {
        void undo() throws IOException;
    }
}
