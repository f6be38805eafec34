package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.OperationQueue;
import org.reclaim.api.ring.RingDescriptor;

/**
 * An io_uring instance with a read of an empty pipe and an accept in flight, and what they work on: a pipe, a file, a
 * TCP listener. Where there is no io_uring, nothing.
 */
final class IoUringExhibits {

    private static final int ENTRIES = 64;
    private static final long BUFFER_BYTES = 1 << 20;

    private IoUringExhibits() {}

    static List<Exhibit> acquire(IoUringManager rings, long pid) throws IOException {
        if (rings.limitation().isPresent()) {
            return List.of();
        }
        var exhibits = new ArrayList<Exhibit>();
        var ring = rings.open(pid, ENTRIES, BUFFER_BYTES).get();
        var number = ring.toString().substring(ring.toString().lastIndexOf(' ') + 1);
        exhibits.add(new Exhibit("io_uring", ring.toString(), () -> Kernel.isIoUring(number)));

        var pipe = rings.openPipe(pid).get();
        ring.queue().read(pipe.source(), ring.buffers(), OperationQueue.CURRENT_POSITION, 1);
        exhibits.add(descriptor("pipe, being read", pipe.source()));

        var listener = rings.listenTcp(pid, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0).get();
        ring.queue().accept(listener, 2);
        exhibits.add(descriptor("TCP listener, accepting", listener));
        ring.submit();

        var path = Path.of(System.getProperty("java.io.tmpdir"), "reclaim-demo-" + UUID.randomUUID()).toAbsolutePath();
        var file = rings.openFile(pid, path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW).get();
        Files.delete(path); // the file stays until it is closed
        exhibits.add(descriptor("file", file));
        return exhibits;
    }

    private static Exhibit descriptor(String what, RingDescriptor descriptor) throws IOException {
        var target = Kernel.target(descriptor.number());
        return new Exhibit(what, descriptor.toString(), () -> isOpen(target));
    }

    /** Its inode tells it from what gets the same number later. */
    private static boolean isOpen(Optional<String> target) throws IOException {
        return target.isPresent() && Kernel.hasTarget(target.get());
    }
}
