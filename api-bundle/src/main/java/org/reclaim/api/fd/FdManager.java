package org.reclaim.api.fd;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;

/**
 * Opens files, makes temporary ones and locks files on behalf of processes. Thread-safe.
 *
 * <p>Every method throws {@link NoSuchProcessException} for a pid that was never started and
 * {@link ProcessEndedException} for a process that is ending or has ended. Then, as with every other exception, nothing
 * is held, and what the call made is deleted again; except for an ordinary file whose process ends while
 * {@link #open} creates it by {@link java.nio.file.StandardOpenOption#CREATE}, because it may have been there before.
 *
 * <p>What releasing can't delete is still held. When closing fails, it is logged and not tried again: the descriptor is
 * free. Who must know that all was written calls {@link FileChannel#force} before.
 */
@ProviderType
public interface FdManager {

    /** The longest prefix or suffix of a temporary name, in characters. */
    int MAX_AFFIX_LENGTH = 64;

    /**
     * Opens a file. As always, opening one end of a named pipe waits for the other, unless it is opened for both.
     *
     * @param pid     the owner, from 1
     * @param path    the file
     * @param options as for {@link FileChannel#open(Path, OpenOption...)}
     * @return its channel
     * @throws IOException              if the file can't be opened; the message names the path
     * @throws IllegalArgumentException if the options contradict each other
     */
    ResourceHandle<FileChannel> open(long pid, Path path, OpenOption... options) throws IOException;

    /**
     * Makes and opens a temporary file, mode 0600, in the instance's temporary folder. Releasing it closes and deletes
     * it.
     *
     * @param pid    the owner, from 1
     * @param prefix start of its name: at most {@value #MAX_AFFIX_LENGTH} letters and digits of ASCII, {@code .},
     *               {@code _} and {@code -}; may be empty
     * @param suffix end of its name, likewise
     * @return the file, open for reading and writing
     * @throws IOException              if it can't be made
     * @throws IllegalArgumentException if {@code prefix} or {@code suffix} is no part of a file name
     */
    ResourceHandle<TemporaryFile> createTemporaryFile(long pid, String prefix, String suffix) throws IOException;

    /**
     * Makes a temporary folder, mode 0700, in the instance's temporary folder. Releasing it deletes it with all that
     * is in it, whatever its permissions; symbolic links are deleted, not followed. What somebody has mounted in it is
     * not entered, and the folder still held.
     *
     * @param pid    the owner, from 1
     * @param prefix start of its name, as for {@link #createTemporaryFile}
     * @return the folder
     * @throws IOException                   if it can't be made
     * @throws IllegalArgumentException      if {@code prefix} is no part of a file name
     * @throws UnsupportedOperationException if this operating system has no way to delete it safely later, while others
     *                                       may move what is in it
     */
    ResourceHandle<TemporaryDirectory> createTemporaryDirectory(long pid, String prefix) throws IOException;

    /**
     * Takes a lock on a whole file, if it is free. The lock belongs to an open file description of its own
     * ({@code F_OFD_SETLK}, fcntl(2)): unlike one of {@link FileChannel#lock()} it survives when somebody in this JVM
     * opens and closes the same file, and it excludes other holders in this JVM as well as other programs. Locks are
     * advisory.
     *
     * @param pid  the owner, from 1
     * @param path an existing file; readable for a shared lock, writable for an exclusive one
     * @param mode shared with other readers, or exclusive
     * @return the lock, or empty if somebody holds one that excludes it
     * @throws IOException                   if the file can't be opened or locked; the message has errno and path
     * @throws IllegalArgumentException      if {@code path} is not of the default file system
     * @throws UnsupportedOperationException if this operating system has no such locks
     */
    Optional<ResourceHandle<FileDescriptionLock>> tryLock(long pid, Path path, LockMode mode) throws IOException;
}
