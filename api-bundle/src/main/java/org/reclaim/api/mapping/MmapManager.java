package org.reclaim.api.mapping;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.memory.MemoryLifetime;

/**
 * Maps files and anonymous regions on behalf of processes: mmap(2), by {@link java.nio.channels.FileChannel#map}.
 * Thread-safe. Limits, per process and for the whole platform, are configured and exact: they count the bytes asked
 * for, not the pages around them.
 *
 * <p>Every method throws {@link NoSuchProcessException} for a pid that was never started, {@link ProcessEndedException}
 * for a process that is ending or has ended, and {@link ResourceLimitException} if a limit would be exceeded. Then, as
 * with every other exception, nothing is held.
 *
 * <p><b>The end of a process</b> first forces all its shared writable mappings of files to disk, as
 * {@link Mapping#force()} does, then unmaps all its mappings; so does the closing of a handle, for the one that it
 * unmaps. That costs at least one turn of the disk for each, milliseconds, even if nothing was written. If forcing
 * fails, the mapping is unmapped all the same: the kernel tells of a failed write once, and a second try that succeeds
 * proves nothing. It is logged, and the end counts it as an error of this type. Who must know calls
 * {@link Mapping#force()} before. A mapping that a running call uses is still held, and tried again.
 *
 * <p><b>A file that others truncate</b> below its mapping: accesses beyond its new end throw {@link InternalError}, at
 * once or a little later on the same thread. So does the first access to a page that there is no room for, of a file
 * with holes on a full disk for example. The JVM lives on, and the mapping is released as any other. Who can't trust
 * the others has to keep them from truncating: nothing can be checked before each access.
 *
 * <p>No descriptor stays open: a mapping lives on its own, also when its file has been deleted. But mapping a file
 * opens and closes it, upon which this JVM loses the locks that it holds on that file by {@code FileChannel.lock},
 * fcntl(2); those of {@code FdManager} stay.
 */
@ProviderType
public interface MmapManager {

    /**
     * Maps a region of a file until its handle is closed, or the process ends.
     *
     * @param pid        the owner, from 1
     * @param path       as for the other one
     * @param offset     as for the other one
     * @param byteSize   as for the other one
     * @param sharing    as for the other one
     * @param protection as for the other one
     * @return its handle
     * @throws IOException as for the other one
     */
    default ResourceHandle<Mapping> mapFile(
            long pid, Path path, long offset, long byteSize, Sharing sharing, Protection protection)
            throws IOException {
        return mapFile(pid, path, offset, byteSize, sharing, protection, MemoryLifetime.HANDLE);
    }

    /**
     * Maps a region of a file. The file must exist and be a regular one.
     *
     * <p>A shared writable region may go beyond the end of the file, which is then extended to the region's end, with a
     * hole. It stays so whatever happens next, even if the process ends meanwhile and the mapping is refused. No other
     * region may go beyond the end: a private one must not change the file.
     *
     * @param pid        the owner, from 1
     * @param path       the file, of the default file system; readable, and for {@link Protection#READ_WRITE} writable,
     *                   also if the mapping is private (the JDK wants it so)
     * @param offset     where in the file the region begins, from 0; need not be a multiple of anything
     * @param byteSize   its size, from 1; its end is at most {@link Long#MAX_VALUE}
     * @param sharing    who sees what is written to it
     * @param protection whether it can be written to
     * @param lifetime   when it can be unmapped: for {@link MemoryLifetime#PROCESS} all such mappings of the process
     *                   share an arena, and are unmapped together
     * @return its handle
     * @throws NoSuchFileException        if there is no such file; none is made
     * @throws FileSystemException        if it is no regular file (a named pipe is not waited for), can't be opened, or
     *                                    is too short
     * @throws ClosedByInterruptException if this thread is interrupted; it stays so
     * @throws IOException                if it can't be extended or mapped; the message names the path
     * @throws IllegalArgumentException   if a parameter is out of range, or {@code path} of another file system
     */
    ResourceHandle<Mapping> mapFile(
            long pid,
            Path path,
            long offset,
            long byteSize,
            Sharing sharing,
            Protection protection,
            MemoryLifetime lifetime)
            throws IOException;

    /**
     * Maps an anonymous region until its handle is closed, or the process ends.
     *
     * @param pid        the owner, from 1
     * @param byteSize   as for the other one
     * @param sharing    as for the other one
     * @param protection as for the other one
     * @return its handle
     * @throws IOException as for the other one
     */
    default ResourceHandle<Mapping> mapAnonymous(long pid, long byteSize, Sharing sharing, Protection protection)
            throws IOException {
        return mapAnonymous(pid, byteSize, sharing, protection, MemoryLifetime.HANDLE);
    }

    /**
     * Maps a region that no file stands behind, filled with zeros, of memory that memfd_create(2) makes. It takes
     * memory page by page, as it is touched; {@code /proc/self/maps} has it as {@code /memfd:reclaim-PID}.
     *
     * <p>Its memory has no name, so within one JVM it makes no difference to what can be read whether it is shared or
     * private. To the kernel it does: private pages count as anonymous memory, shared ones as shared memory, and a
     * private page that is read before it is written to takes twice its size.
     *
     * @param pid        the owner, from 1
     * @param byteSize   its size, from 1
     * @param sharing    how the kernel counts it
     * @param protection whether it can be written to
     * @param lifetime   when it can be unmapped, as for a file
     * @return its handle
     * @throws ClosedByInterruptException    if this thread is interrupted; it stays so
     * @throws IOException                   if the kernel refuses: too large, too many mappings or descriptors
     * @throws IllegalArgumentException      if {@code byteSize} is below 1
     * @throws UnsupportedOperationException if this operating system has no such memory
     */
    ResourceHandle<Mapping> mapAnonymous(
            long pid, long byteSize, Sharing sharing, Protection protection, MemoryLifetime lifetime)
            throws IOException;
}
