package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.ring.ZeroCopyRing;

/** Both sides of a zero-copy ring with a message on its way, and what {@link IoUringExhibits} shows. */
@Component
public final class RingsPart implements DemoPart {

    private static final long CAPACITY = 64 << 10;

    private final ZeroCopyIpc zeroCopy;
    private final IoUringManager ioUring;

    @Activate
    public RingsPart(
            @Reference(target = "(reclaim.available=true)") ZeroCopyIpc zeroCopy,
            @Reference(target = "(reclaim.available=true)") IoUringManager ioUring) {
        this.zeroCopy = zeroCopy;
        this.ioUring = ioUring;
    }

    @Override
    public String resourceType() {
        return "rings";
    }

    @Override
    public List<Exhibit> acquire(long pid) throws IOException {
        var producer = zeroCopy.createProducer(pid, "demo", CAPACITY).get();
        var consumer = zeroCopy.attachConsumer(pid, "demo").get();
        long at = producer.tryClaim(Long.BYTES);
        producer.segment().set(ValueLayout.JAVA_LONG, at, pid);
        producer.commit();

        var exhibits = new ArrayList<Exhibit>();
        exhibits.add(side("ring, producer", producer));
        exhibits.add(side("ring, consumer", consumer));
        exhibits.addAll(IoUringExhibits.acquire(ioUring, pid));
        return exhibits;
    }

    private static Exhibit side(String what, ZeroCopyRing ring) {
        var file = Path.of("/dev/shm", ring.kernelName());
        return new Exhibit(
                what,
                "/" + ring.kernelName() + ", " + ring.capacity() + " bytes",
                () -> Files.exists(file) || Kernel.hasMapped(file.toString()));
    }
}
