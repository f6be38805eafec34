package org.reclaim.api.ipc;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.reclaim.api.ProcessManager;

/**
 * The names of one platform, and what they stand for; for the resource type only.
 *
 * <p>It is found by the platform, not by looking through the resource table: an empty table says nothing about the
 * instance of the resource type that is at this moment creating the first object, and may be another one than the one
 * that looks. So two versions side by side, or one that replaces the other, always agree on who has a name.
 */
public final class IpcNamespace {

    /** Goes with its platform, to which nothing in it refers. */
    private static final Map<ProcessManager, IpcNamespace> NAMESPACES =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final String kernelPrefix;
    private final Map<String, NamedObject> objects = new ConcurrentHashMap<>();

    private IpcNamespace(String kernelPrefix) {
        this.kernelPrefix = kernelPrefix;
    }

    /** Maps shared memory. Called while the method that takes it runs, and not kept. */
    @FunctionalInterface
    public interface Mapping {

        /**
         * Creates it, or opens it, and maps it.
         *
         * @param kernelName its name in the kernel, without the slash in front
         * @param byteSize   all of it
         * @param arena      what unmaps it
         * @return the mapping
         * @throws IOException if that fails; what was created is gone
         */
        MemorySegment map(String kernelName, long byteSize, Arena arena) throws IOException;
    }

    /**
     * The names of a platform.
     *
     * @param platform     whose
     * @param kernelPrefix how the kernel's names begin; asked once for each platform
     * @return the same for every call
     */
    public static IpcNamespace of(ProcessManager platform, Supplier<String> kernelPrefix) {
        return NAMESPACES.computeIfAbsent(platform, unknown -> new IpcNamespace(kernelPrefix.get()));
    }

    /**
     * Creates a queue.
     *
     * @param pid    the owner
     * @param name   a valid name
     * @param order  which message comes next
     * @param limits how much it holds
     * @return the owner's
     * @throws IpcNameInUseException if the name is in use
     */
    public MessageQueue createQueue(long pid, String name, QueueOrder order, QueueLimits limits) {
        var queue = new QueueObject(this, name, pid, order, limits);
        claimName(queue);
        return new MessageQueue(queue, pid, QueueAccess.SEND_AND_RECEIVE, true);
    }

    /**
     * Opens a queue.
     *
     * @param pid    who opens it
     * @param name   its name
     * @param access what for
     * @return that process's
     * @throws NoSuchIpcNameException if there is none
     */
    public MessageQueue openQueue(long pid, String name, QueueAccess access) {
        return new MessageQueue(find(name, QueueObject.class, "queue"), pid, access, false);
    }

    /**
     * Creates a topic.
     *
     * @param pid             the owner
     * @param name            a valid name
     * @param maxMessageBytes how long a message can be
     * @return the owner's
     * @throws IpcNameInUseException if the name is in use
     */
    public Topic createTopic(long pid, String name, int maxMessageBytes) {
        var topic = new TopicObject(this, name, pid, maxMessageBytes);
        claimName(topic);
        return new Topic(topic, pid, true);
    }

    /**
     * Opens a topic.
     *
     * @param pid  who opens it
     * @param name its name
     * @return that process's
     * @throws NoSuchIpcNameException if there is none
     */
    public Topic openTopic(long pid, String name) {
        return new Topic(find(name, TopicObject.class, "topic"), pid, false);
    }

    /**
     * Subscribes to a topic.
     *
     * @param topic       an open one
     * @param pid         the subscriber
     * @param maxMessages how many messages it holds
     * @return the subscription
     * @throws NoSuchIpcNameException if the topic is closed
     */
    public Subscription subscribe(Topic topic, long pid, int maxMessages) {
        var subscription = new Subscription(topic.object(), pid, maxMessages);
        if (!topic.object().add(subscription)) {
            throw none("topic", topic.name());
        }
        return subscription;
    }

    /**
     * Creates shared memory.
     *
     * @param pid      the owner
     * @param name     a valid name
     * @param byteSize its size
     * @param creation creates it in the kernel, and maps it
     * @return the owner's
     * @throws IpcNameInUseException if the name is in use
     * @throws IOException           from {@code creation}
     */
    public SharedMemoryBlock createSharedMemory(long pid, String name, long byteSize, Mapping creation)
            throws IOException {
        var memory = new MemoryObject(this, name, pid, kernelPrefix + name, byteSize);
        claimName(memory);
        boolean created = false;
        try {
            var block = map(memory, pid, MemoryAccess.READ_WRITE, true, creation);
            memory.created();
            created = true;
            return block;
        } finally {
            if (!created) {
                memory.forgetName();
            }
        }
    }

    /**
     * Attaches to shared memory.
     *
     * @param pid     who attaches
     * @param name    its name
     * @param access  what for
     * @param opening opens it in the kernel, and maps it
     * @return that process's
     * @throws NoSuchIpcNameException if there is none
     * @throws IOException            from {@code opening}
     */
    public SharedMemoryBlock attachSharedMemory(long pid, String name, MemoryAccess access, Mapping opening)
            throws IOException {
        var memory = find(name, MemoryObject.class, "shared memory");
        SharedMemoryBlock block;
        try {
            block = map(memory, pid, access, false, opening);
        } catch (IOException e) {
            if (memory.isOpen()) {
                throw e;
            }
            // It was unlinked meanwhile: what was found wrong is of another one of the same name, if of any.
            throw (NoSuchIpcNameException) none("shared memory", name).initCause(e);
        }
        if (!memory.isOpen()) {
            // It was unlinked meanwhile, and what was opened may be another one of the same name.
            block.unmap();
            throw none("shared memory", name);
        }
        return block;
    }

    private static SharedMemoryBlock map(
            MemoryObject memory, long pid, MemoryAccess access, boolean owner, Mapping mapping) throws IOException {
        var arena = Arena.ofShared();
        try {
            var segment = mapping.map(memory.kernelName(), memory.byteSize(), arena);
            return new SharedMemoryBlock(memory, pid, access, owner, arena, segment);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void claimName(NamedObject object) {
        var present = objects.putIfAbsent(object.name(), object);
        if (present != null) {
            throw new IpcNameInUseException("The name '" + object.name() + "' is in use: " + present);
        }
    }

    private <T extends NamedObject> T find(String name, Class<T> type, String kind) {
        var present = objects.get(name);
        if (present != null && !type.isInstance(present)) {
            throw new NoSuchIpcNameException(
                    "There is no " + kind + " '" + name + "': that is the name of " + present);
        }
        if (present == null || !present.isOpen()) {
            throw none(kind, name);
        }
        return type.cast(present);
    }

    private static NoSuchIpcNameException none(String kind, String name) {
        return new NoSuchIpcNameException("There is no " + kind + " '" + name + "', or not any more");
    }

    void forget(NamedObject object) {
        objects.remove(object.name(), object);
    }
}
