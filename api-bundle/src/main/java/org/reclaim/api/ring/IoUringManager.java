package org.reclaim.api.ring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;

/**
 * Opens io_uring instances, and what they work on, on behalf of processes. Thread-safe. An instance works on what its
 * own process holds.
 *
 * <p>Every method that acquires throws {@link NoSuchProcessException} for a pid that was never started,
 * {@link ProcessEndedException} for a process that is ending or has ended, and {@link UnsupportedOperationException}
 * where the operating system is no Linux on x86_64 or aarch64. As with every other exception, nothing was acquired
 * then; except for a file whose process ends while {@link #openFile} makes it, because it may have been there before.
 *
 * <p>Releasing an instance cancels what is under way, waits until the kernel has ended it, and frees the memory. What
 * the kernel can't end, such as reading from a disk that does not answer, keeps it held. Releasing a descriptor on
 * which operations are queued and not submitted is refused: it is held until they are submitted, or its process ends.
 */
@ProviderType
public interface IoUringManager {

    /** The largest number of entries, as the kernel has it. */
    int MAX_ENTRIES = 32_768;

    /** The most memory for buffers of one instance, in bytes: 1 GiB. */
    long MAX_BUFFERS = 1L << 30;

    /** How {@link IoUring#buffers()} is aligned, in bytes. */
    long BUFFERS_ALIGNMENT = 4096;

    /**
     * Why there is no io_uring here: tried anew at each call.
     *
     * @return what {@link #open} would say; empty if there is
     */
    Optional<String> limitation();

    /**
     * Makes an instance. Needed is Linux 5.11.
     *
     * @param pid         the owner, from 1
     * @param entries     how many operations can be under way at a time, 1 to {@value #MAX_ENTRIES}; rounded up to a
     *                    power of two
     * @param bufferBytes how much memory for buffers it has, 0 to {@link #MAX_BUFFERS}
     * @return its handle
     * @throws IOException                   if there is too little memory, or memory that may be locked
     *                                       ({@code RLIMIT_MEMLOCK}), or there are too many open files
     * @throws IllegalArgumentException      if {@code entries} or {@code bufferBytes} is out of range
     * @throws UnsupportedOperationException if the kernel has no io_uring, one that is too old, or forbids it
     * @throws ResourceLimitException        if a limit would be exceeded
     * @throws OutOfMemoryError              if the operating system has no more memory
     */
    ResourceHandle<IoUring> open(long pid, int entries, long bufferBytes) throws IOException;

    /**
     * Opens a file. Does not wait: a named pipe is opened at once, for writing only if it has a reader.
     *
     * @param pid     the owner, from 1
     * @param path    a file of the default file system
     * @param options {@link java.nio.file.StandardOpenOption}s but {@code DELETE_ON_CLOSE} and {@code SPARSE}; none for
     *                reading
     * @return its descriptor
     * @throws IOException              if the file can't be opened; the message has errno and path
     * @throws IllegalArgumentException if {@code path} is not of the default file system, or the options contradict
     *                                  each other or are not known
     */
    ResourceHandle<RingDescriptor> openFile(long pid, Path path, OpenOption... options) throws IOException;

    /**
     * Makes a pipe.
     *
     * @param pid the owner, from 1
     * @return both ends
     * @throws IOException if there are too many open files
     */
    ResourceHandle<RingPipe> openPipe(long pid) throws IOException;

    /**
     * Listens for TCP connections, which {@link OperationQueue#accept} takes.
     *
     * @param pid     the owner, from 1
     * @param local   where; port 0 for any free one
     * @param backlog how many connections may wait to be accepted, from 1; 0 for 50
     * @return its descriptor, whose address is the one that it is bound to
     * @throws IOException              if the address is in use or not ours; the message has errno and address
     * @throws IllegalArgumentException if {@code local} is unresolved or {@code backlog} negative
     */
    ResourceHandle<RingDescriptor> listenTcp(long pid, InetSocketAddress local, int backlog) throws IOException;

    /**
     * Makes a TCP socket, which {@link OperationQueue#connect} connects.
     *
     * @param pid    the owner, from 1
     * @param family {@link java.net.StandardProtocolFamily#INET} or {@code INET6}
     * @return its descriptor
     * @throws IOException              if the operating system refuses
     * @throws IllegalArgumentException if the family is another one
     */
    ResourceHandle<RingDescriptor> openTcp(long pid, ProtocolFamily family) throws IOException;

    /**
     * Makes a connection that an accept has brought a resource of its own. Before that it is a part of the instance: it
     * is closed with it, and people who look at what the process holds see the instance alone. Afterwards it is shown,
     * counted and freed like a socket of {@link #openTcp}, and stays open when its instance is closed.
     *
     * @param ring   the instance that has accepted it
     * @param result of the accept
     * @return its handle
     * @throws IllegalArgumentException if that is no open connection of the instance, or this was done before
     * @throws ProcessEndedException    if the process is ending or has ended: the connection is closed with it
     */
    ResourceHandle<RingDescriptor> trackAccepted(IoUring ring, int result);
}
