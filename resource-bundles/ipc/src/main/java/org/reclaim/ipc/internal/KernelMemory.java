package org.reclaim.ipc.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import org.reclaim.api.ipc.IpcNameInUseException;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.NoSuchIpcNameException;
import org.reclaim.syscalls.Errno;
import org.reclaim.syscalls.SharedMemory;
import org.reclaim.syscalls.SystemCallException;

/** POSIX shared memory, created and opened and at once mapped: a mapping lives without its descriptor. */
final class KernelMemory {

    private KernelMemory() {}

    /** Creates it and maps all of it; leaves nothing if that fails. */
    static MemorySegment create(String name, long byteSize, Arena arena) throws IOException {
        var channel = createChannel(name, byteSize);
        boolean mapped = false;
        try {
            MemorySegment segment;
            try (channel) {
                segment = channel.map(MapMode.READ_WRITE, 0, byteSize, arena);
            }
            mapped = true;
            return segment;
        } finally {
            if (!mapped) {
                SharedMemory.unlink(name);
            }
        }
    }

    private static FileChannel createChannel(String name, long byteSize) throws IOException {
        try {
            return SharedMemory.create(name, byteSize);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EEXIST) {
                throw (IpcNameInUseException) new IpcNameInUseException("The name '/" + name
                        + "' is in use in the kernel: by what is not of this platform").initCause(e);
            }
            throw e;
        }
    }

    /** Opens it and maps all of it. */
    static MemorySegment open(String name, long byteSize, MemoryAccess access, Arena arena) throws IOException {
        boolean writable = access == MemoryAccess.READ_WRITE;
        try (var channel = SharedMemory.open(name, writable)) {
            if (channel.size() < byteSize) {
                throw new IOException("/" + name + " has " + channel.size() + " bytes, was created with " + byteSize
                        + ": another program has shrunk it");
            }
            return channel.map(writable ? MapMode.READ_WRITE : MapMode.READ_ONLY, 0, byteSize, arena);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOENT) {
                throw (NoSuchIpcNameException) new NoSuchIpcNameException(
                        "There is no shared memory '/" + name + "' in the kernel any more").initCause(e);
            }
            throw e;
        }
    }

    /** Removes a name that begins with a slash, if it is there. */
    static void unlink(String kernelName) throws IOException {
        SharedMemory.unlink(kernelName.substring(1));
    }
}
