package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.After;
import org.junit.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.memory.MemoryBlock;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;

/**
 * The order of cleanup, as the kernel shows it: cleanups of this bundle look, when it is their turn, at what a process
 * still holds.
 */
public class OrderIT extends PlatformTest {

    /** What is still there at one moment. */
    private record Sight(boolean file, boolean temporary, boolean tcp, boolean udp, boolean unix, boolean memory) {
        static final Sight ALL = new Sight(true, true, true, true, true, true);
        static final Sight SOCKETS_AND_MEMORY = new Sight(false, false, true, true, true, true);
        static final Sight MEMORY = new Sight(false, false, false, false, false, true);
        static final Sight NOTHING = new Sight(false, false, false, false, false, false);
    }

    private final Map<String, Sight> seen = new TreeMap<>();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private Holder holder;

    @After
    public void unregister() {
        registrations.forEach(ServiceRegistration::unregister);
    }

    @Test
    public void foreignCleanupsSeeGoneWhatRanksAboveThemAndPresentWhatRanksBelow() throws IOException {
        watchAt("before-all", 850);
        watchAt("after-files", 750);
        watchAt("after-sockets", 650);
        watchAt("before-memory", 150);
        watchAt("after-all", 50);
        holder = new Holder();
        assertThat(holder.look()).isEqualTo(Sight.ALL);

        var end = processes().terminate(holder.pid);

        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
        assertThat(seen).containsExactlyInAnyOrderEntriesOf(Map.of(
                "before-all", Sight.ALL,
                "after-files", Sight.SOCKETS_AND_MEMORY,
                "after-sockets", Sight.MEMORY,
                "before-memory", Sight.MEMORY,
                "after-all", Sight.NOTHING));
        assertThat(holder.look()).isEqualTo(Sight.NOTHING);
    }

    @Test
    public void aRankingThatChangesMovesTheCleanup() throws IOException {
        var registration = watchAt("moves", 750);
        registration.setProperties(ranking(50));
        holder = new Holder();

        processes().terminate(holder.pid);

        assertThat(seen).containsExactlyInAnyOrderEntriesOf(Map.of("moves", Sight.NOTHING));
    }

    private ServiceRegistration<ResourceCleanup> watchAt(String type, int ranking) {
        var registration = context().registerService(ResourceCleanup.class, new Watcher(type), ranking(ranking));
        registrations.add(registration);
        return registration;
    }

    private static Hashtable<String, Object> ranking(int value) {
        return new Hashtable<>(Map.of(Constants.SERVICE_RANKING, value));
    }

    /** A type of which every process holds one thing; its cleanup looks around. */
    private final class Watcher implements ResourceCleanup {
        private final String type;

        Watcher(String type) {
            this.type = type;
        }

        @Override
        public CleanupStats cleanup(long pid) {
            seen.put(type, holder.look());
            return CleanupStats.of(type, 1, 0, 0, Duration.ofNanos(1));
        }

        @Override
        public String resourceType() {
            return type;
        }

        @Override
        public boolean hasResources(long pid) {
            return !seen.containsKey(type);
        }
    }

    /** A process that holds something of every kind. */
    private static final class Holder {
        private final long pid = processes().start(ProcessSpec.logical("holder")).pid();
        private final Path file = Files.createFile(runtime().resolve("held-by-" + pid));
        private final Path temporary;
        private final int tcp;
        private final int udp;
        private final Path unix = runtime().resolve("socket-of-" + pid);
        private final MemoryBlock memory;

        Holder() throws IOException {
            var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            service(FdManager.class).open(pid, file, StandardOpenOption.WRITE);
            temporary = service(FdManager.class).createTemporaryDirectory(pid, "order").get().path();
            Files.createFile(temporary.resolve("something"));
            var listener = service(SocketManager.class).listenTcp(pid, anyPort, 0);
            tcp = ((InetSocketAddress) listener.get().getLocalAddress()).getPort();
            var datagrams = service(SocketManager.class).openUdp(pid, anyPort);
            udp = ((InetSocketAddress) datagrams.get().getLocalAddress()).getPort();
            service(SocketManager.class).listenUnix(pid, unix, 0);
            memory = service(MemoryManager.class).allocate(pid, Long.BYTES).get();
        }

        Sight look() {
            var ports = Kernel.ports();
            return new Sight(
                    Kernel.isOpen(file),
                    Files.exists(temporary),
                    ports.contains(tcp),
                    ports.contains(udp),
                    Kernel.unixSockets().contains(unix.toString()) && Files.exists(unix),
                    isReadable());
        }

        private boolean isReadable() {
            try {
                return memory.segment().get(ValueLayout.JAVA_LONG, 0) == 0;
            } catch (IllegalStateException e) {
                return false;
            }
        }
    }
}
