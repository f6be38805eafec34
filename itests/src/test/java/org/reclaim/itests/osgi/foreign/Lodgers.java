package org.reclaim.itests.osgi.foreign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.Callable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.reclaim.api.BundleProcess;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;

/** Bundles that acquire one thing of each type in their own name, by an activator; and what goes wrong with them. */
public final class Lodgers {

    private Lodgers() {}

    /** The file that a lodger holds open. */
    public static Path file(long pid) {
        return Path.of(System.getProperty("reclaim.runtime.dir"), "file-of-lodger-" + pid);
    }

    static ResourceHandle<FileChannel> moveIn(
            BundleProcess self, FdManager files, SocketManager sockets, MemoryManager memory) throws IOException {
        sockets.openUdp(self.pid(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        memory.allocate(self.pid(), 1000);
        return files.open(self.pid(), file(self.pid()), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Nothing is wrong with it. Its service tells the pid. */
    public static class Plain implements BundleActivator, Callable<Long> {

        protected BundleProcess self;
        protected ResourceHandle<FileChannel> file;
        private BundleContext context;

        @Override
        public void start(BundleContext started) throws IOException {
            context = started;
            self = service(BundleProcess.class);
            file = moveIn(self, service(FdManager.class), service(SocketManager.class), service(MemoryManager.class));
            context.registerService(Callable.class, this, new Hashtable<>(Map.of("lodger", "plain")));
            Journal.note("lodger " + self.pid());
        }

        @Override
        public void stop(BundleContext stopped) throws IOException {
            // All that it holds is left to the platform.
        }

        @Override
        public Long call() {
            return self.pid();
        }

        private <T> T service(Class<T> type) {
            return context.getService(context.getServiceReference(type));
        }
    }

    public static final class FailsToStart extends Plain {
        @Override
        public void start(BundleContext started) throws IOException {
            super.start(started);
            throw new IOException("no start today");
        }
    }

    public static final class FailsToStop extends Plain {
        @Override
        public void stop(BundleContext stopped) throws IOException {
            throw new IOException("no stop today");
        }
    }

    /** Uses what it holds when it is stopped. */
    public static final class LastWords extends Plain {
        @Override
        public void stop(BundleContext stopped) throws IOException {
            file.get().write(ByteBuffer.wrap("bye".getBytes()));
            Journal.note("last words of " + self.pid());
        }
    }
}
