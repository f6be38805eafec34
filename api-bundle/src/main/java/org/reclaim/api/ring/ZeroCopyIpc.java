package org.reclaim.api.ring;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;

/**
 * Makes zero-copy rings on behalf of processes: messages from one producer to one consumer, written and read where they
 * lie in POSIX shared memory, shm_overview(7), with no copy and no garbage. Thread-safe. Linux only.
 *
 * <pre>{@code
 * var producer = rings.createProducer(pid, "quotes", 1 << 20).get();
 * long offset = producer.tryClaim(16);
 * if (offset >= 0) {                                   // else it is full
 *     producer.segment().set(ValueLayout.JAVA_LONG, offset, instrument);
 *     producer.segment().set(ValueLayout.JAVA_DOUBLE, offset + 8, price);
 *     producer.commit();
 * }
 *
 * var consumer = rings.attachConsumer(otherPid, "quotes").get();
 * while (true) {
 *     if (consumer.poll((data, at, length) -> onQuote(data, at), 100) == 0) {
 *         consumer.await(Duration.ofSeconds(1));       // throws when the producer has ended and all has been read
 *     }
 * }
 * }</pre>
 *
 * <p>Who creates a ring owns its name, which goes when he ends. Another process attaches to the other side, which can
 * be done once: a ring that a side has left is finished. Each side has a mapping of its own, so that the end of one
 * leaves the memory of the other. The other side may also be a program of its own, in any language: see
 * {@link RingLayout}. If it is killed, who waits for it notices, unless it is in another pid namespace, as programs in
 * containers are. What it writes is checked before it is used. It has to be trusted in one thing: who cuts off shared
 * memory that others use (ftruncate(2)) makes their next access fail, with an {@link InternalError} in Java.
 *
 * <p>Every method throws {@link NoSuchProcessException} for a pid that was never started, {@link ProcessEndedException}
 * for a process that is ending or has ended, {@link ResourceLimitException} if a limit would be exceeded, and
 * {@link UnsupportedOperationException} on other systems than Linux; in all cases, as with every other exception,
 * nothing was acquired. Each side counts with the size of its mapping: the capacity and
 * {@value RingLayout#HEADER_SIZE} bytes.
 */
@ProviderType
public interface ZeroCopyIpc {

    /** The most characters that the name of a ring has. */
    int MAX_NAME_LENGTH = 128;

    /**
     * Creates a ring and takes the side that writes.
     *
     * @param pid      the owner, from 1
     * @param name     1 to {@value #MAX_NAME_LENGTH} letters and digits of ASCII, {@code .}, {@code _}, {@code -}; no
     *                 other ring of this platform has it
     * @param capacity of the data, in bytes: a power of two from {@link RingLayout#MIN_CAPACITY} to
     *                 {@link RingLayout#MAX_CAPACITY}; all of it is taken from the system at once
     * @return the side that writes
     * @throws FileAlreadyExistsException if there is a ring of that name
     * @throws IOException                if the operating system refuses, for one because it has not enough memory
     * @throws IllegalArgumentException   if {@code name} or {@code capacity} is out of range
     */
    ResourceHandle<RingProducer> createProducer(long pid, String name, long capacity) throws IOException;

    /**
     * Creates a ring and takes the side that reads.
     *
     * @param pid      the owner, from 1
     * @param name     as for {@link #createProducer}
     * @param capacity as for {@link #createProducer}
     * @return the side that reads
     * @throws FileAlreadyExistsException if there is a ring of that name
     * @throws IOException                if the operating system refuses, for one because it has not enough memory
     * @throws IllegalArgumentException   if {@code name} or {@code capacity} is out of range
     */
    ResourceHandle<RingConsumer> createConsumer(long pid, String name, long capacity) throws IOException;

    /**
     * Takes the side that writes of a ring that somebody else has created.
     *
     * @param pid  the owner of this side, from 1
     * @param name as it was created; or the name that the kernel knows it by, which begins with a slash: for rings of
     *             other platforms and programs
     * @return the side that writes
     * @throws NoSuchFileException      if there is no such ring
     * @throws IOException              if it can't be opened, or is no ring of this version
     * @throws RingClosedException      if a side of it has ended
     * @throws IllegalStateException    if that side is taken
     * @throws IllegalArgumentException if {@code name} can't be one
     */
    ResourceHandle<RingProducer> attachProducer(long pid, String name) throws IOException;

    /**
     * Takes the side that reads of a ring that somebody else has created.
     *
     * @param pid  the owner of this side, from 1
     * @param name as for {@link #attachProducer}
     * @return the side that reads, with all that was written before
     * @throws NoSuchFileException      if there is no such ring
     * @throws IOException              if it can't be opened, or is no ring of this version
     * @throws RingClosedException      if that side of it has ended
     * @throws IllegalStateException    if that side is taken
     * @throws IllegalArgumentException if {@code name} can't be one
     */
    ResourceHandle<RingConsumer> attachConsumer(long pid, String name) throws IOException;
}
