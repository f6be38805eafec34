package org.reclaim.filedescriptors.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import org.reclaim.api.Releaser;
import org.reclaim.api.fd.FileDescriptionLock;
import org.reclaim.api.fd.TemporaryDirectory;
import org.reclaim.api.fd.TemporaryFile;
import org.reclaim.syscalls.DescriptorCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Frees what the table of this type holds. What is not deleted is still held; what was closed once is not. */
final class FileReleaser implements Releaser<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(FileReleaser.class);

    @Override
    public void release(Object resource) throws IOException {
        switch (resource) {
            case FileChannel channel -> close(channel::close, "a file");
            case TemporaryFile file -> {
                close(file.channel()::close, file.path());
                Files.deleteIfExists(file.path());
            }
            case TemporaryDirectory directory -> DirectoryTree.delete(directory.path());
            case FileDescriptionLock lock ->
                close(() -> DescriptorCalls.close(lock.descriptor()), "the lock on " + lock.path());
            default -> throw new IllegalArgumentException(
                    "No resource of this type: " + resource.getClass().getName());
        }
    }

    /**
     * Closes something. Whatever close(2) says, the descriptor is given up: a second try could close a file that
     * somebody else has opened since.
     */
    private static void close(Closing closing, Object what) {
        try {
            closing.close();
        } catch (IOException e) {
            LOG.warn("Closing {} failed: what was written may be lost, the descriptor is free all the same", what, e);
        }
    }

    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }
}
