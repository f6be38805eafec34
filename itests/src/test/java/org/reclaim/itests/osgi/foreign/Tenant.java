package org.reclaim.itests.osgi.foreign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;

/**
 * A bundle whose processes hold something of everything. Each call of its service starts two more, a logical one and a
 * command below it, and answers with what they hold, in words of the JDK: its caller is outside of the framework.
 */
public final class Tenant implements BundleActivator {

    /** Keys of the answer. */
    public static final String PID = "pid";

    public static final String FILE = "file";
    public static final String FOLDER = "folder";
    public static final String PORT = "port";
    public static final String UNIX = "unix";
    public static final String COMMAND_PID = "command.pid";
    public static final String SLEEP = "sleep";

    private BundleContext context;

    @Override
    public void start(BundleContext started) {
        context = started;
        var properties = new Hashtable<String, Object>(Map.of("tenant", true));
        context.registerService(Callable.class, (Callable<Map<String, Object>>) this::hold, properties);
    }

    @Override
    public void stop(BundleContext stopped) {
        // Its processes are left to the platform.
    }

    private Map<String, Object> hold() throws IOException {
        long pid = service(ProcessManager.class).start(ProcessSpec.logical("tenant")).pid();
        var runtime = Path.of(System.getProperty("reclaim.runtime.dir"));
        var file = Files.createTempFile(runtime, "file", "");
        service(FdManager.class).open(pid, file, StandardOpenOption.WRITE);
        var folder = service(FdManager.class).createTemporaryDirectory(pid, "tenant").get().path();
        var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var listener = service(SocketManager.class).listenTcp(pid, anyPort, 0).get();
        var unix = runtime.resolve(file.getFileName() + ".socket");
        service(SocketManager.class).listenUnix(pid, unix, 0);
        service(MemoryManager.class).allocate(pid, 1 << 20);
        var sleep = Long.toString(ThreadLocalRandom.current().nextLong(1_000_000, 1_000_000_000));
        var command = service(ProcessManager.class)
                .start(ProcessSpec.command("sleeper", "sh", "-c", "sleep " + sleep + " & wait").withParent(pid));
        return Map.of(
                PID, pid,
                FILE, file,
                FOLDER, folder,
                PORT, ((InetSocketAddress) listener.getLocalAddress()).getPort(),
                UNIX, unix,
                COMMAND_PID, command.pid(),
                SLEEP, sleep);
    }

    private <T> T service(Class<T> type) {
        return context.getService(context.getServiceReference(type));
    }
}
