package org.reclaim.api.ipc;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;

/**
 * Creates queues, topics, pipes and shared memory on behalf of processes, and opens what others have created. Names are
 * 1 to {@value #MAX_NAME_LENGTH} letters and digits of ASCII, {@code .}, {@code _} and {@code -}. Thread-safe.
 *
 * <p>Every method throws {@link NoSuchProcessException} for a pid that was never started, {@link ProcessEndedException}
 * for a process that is ending or has ended, {@link ResourceLimitException} if a limit would be exceeded and
 * {@link IllegalArgumentException} for a name that can't be; in these cases, as with every other exception, nothing was
 * acquired. No method waits for another process.
 */
@ProviderType
public interface IpcManager {

    /** The longest name, in characters. */
    int MAX_NAME_LENGTH = 128;

    /**
     * Creates a message queue within the JVM. It counts for its owner with {@link QueueLimits#byteSize()} bytes.
     *
     * @param pid    the owner, from 1
     * @param name   its name
     * @param order  which message is received next
     * @param limits how much it holds
     * @return closing it closes the queue for everybody
     * @throws IpcNameInUseException if something has that name
     */
    ResourceHandle<MessageQueue> createQueue(long pid, String name, QueueOrder order, QueueLimits limits);

    /**
     * Opens the queue of another process, or of the same.
     *
     * @param pid    who uses it, from 1
     * @param name   its name
     * @param access to send, to receive or both
     * @return closing it closes the queue for this user alone
     * @throws NoSuchIpcNameException if no queue has that name
     */
    ResourceHandle<MessageQueue> openQueue(long pid, String name, QueueAccess access);

    /**
     * Creates a topic within the JVM, to which others subscribe. It holds no messages, its subscriptions do.
     *
     * @param pid             the owner, from 1
     * @param name            its name
     * @param maxMessageBytes bytes of one message, from 1 to {@link QueueLimits#MAX_MESSAGE_BYTES}
     * @return to publish; closing it closes the topic for everybody
     * @throws IpcNameInUseException    if something has that name
     * @throws IllegalArgumentException if {@code maxMessageBytes} is out of range
     */
    ResourceHandle<Topic> createTopic(long pid, String name, int maxMessageBytes);

    /**
     * Opens the topic of another process to publish, or of the same.
     *
     * @param pid  who publishes, from 1
     * @param name its name
     * @return closing it closes the topic for this user alone
     * @throws NoSuchIpcNameException if no topic has that name
     */
    ResourceHandle<Topic> openTopic(long pid, String name);

    /**
     * Subscribes to a topic. The subscription counts for its process with {@code maxMessages} times the topic's
     * {@link Topic#maxMessageBytes()} bytes.
     *
     * @param pid         who receives, from 1
     * @param topic       the topic's name
     * @param maxMessages how many messages wait for it at most, from 1 to {@link QueueLimits#MAX_MESSAGES}; it misses
     *                    what is published while there are that many
     * @return closing it ends the subscription
     * @throws NoSuchIpcNameException   if no topic has that name
     * @throws IllegalArgumentException if {@code maxMessages} is out of range
     */
    ResourceHandle<Subscription> subscribe(long pid, String topic, int maxMessages);

    /**
     * Makes a pipe of the kernel's, pipe(7). Its ends are as those of {@link java.nio.channels.Pipe#open()}: blocking
     * at first. Threads that wait in an end, virtual ones without a carrier, are woken by an
     * {@link java.nio.channels.AsynchronousCloseException} when it is closed, which the cleanup of its process does: if
     * the bundle of this type is away, when it is back. The reader sees the end of the stream when the writing end is
     * closed and what was written is read; the writer gets an {@link IOException} when the reading end is closed.
     *
     * <p>A closed end that is registered with a selector keeps its descriptor until that selector selects again or is
     * closed. Until then it is still held, and closing its handle says so.
     *
     * @param writerPid who holds the writing end, from 1
     * @param readerPid who holds the reading end, from 1; may be the same
     * @return both ends; either both are held or none is made
     * @throws IOException if the operating system refuses
     */
    ProcessPipe createPipe(long writerPid, long readerPid) throws IOException;

    /**
     * Creates POSIX shared memory, shm_overview(7), mode 0600, filled with zeros, and maps it. It counts for its owner
     * with all its bytes; those who attach count none, even if they keep it after the owner's end.
     *
     * @param pid      the owner, from 1
     * @param name     its name within the platform; the kernel's is {@link SharedMemoryBlock#kernelName()}
     * @param byteSize its size, from 1
     * @return closing it unlinks the name and unmaps the owner's mapping; the memory is gone when nobody is attached
     * @throws IpcNameInUseException         if something has that name
     * @throws IOException                   if there is not enough memory, or the operating system refuses
     * @throws IllegalArgumentException      if {@code byteSize} is below 1
     * @throws UnsupportedOperationException elsewhere than on Linux
     */
    ResourceHandle<SharedMemoryBlock> createSharedMemory(long pid, String name, long byteSize) throws IOException;

    /**
     * Attaches to the shared memory of another process, or of the same: maps all of it once more.
     *
     * @param pid    who attaches, from 1
     * @param name   its name within the platform
     * @param access to read, or to read and write
     * @return closing it detaches
     * @throws NoSuchIpcNameException        if no shared memory has that name, or its owner has destroyed it
     * @throws IOException                   if another program has shrunk it, or the operating system refuses
     * @throws UnsupportedOperationException elsewhere than on Linux
     */
    ResourceHandle<SharedMemoryBlock> attachSharedMemory(long pid, String name, MemoryAccess access)
            throws IOException;
}
