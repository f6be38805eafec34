package org.reclaim.sockets.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** A platform with sockets. */
final class Platform implements AutoCloseable {

    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EmbeddedProcessManager processes;
    private final SocketManager sockets;

    Platform() {
        processes = ProcessManagers.builder().build();
        sockets = processes.manager(SocketManager.class);
    }

    /** With something that happens right after each reservation. */
    Platform(Runnable happening) {
        processes = ProcessManagers.builder().with(new Interposed(happening)).build();
        sockets = processes.manager(SocketManager.class);
    }

    EmbeddedProcessManager processes() {
        return processes;
    }

    SocketManager sockets() {
        return sockets;
    }

    long start() {
        return processes.start(ProcessSpec.logical("p")).pid();
    }

    /** Ends a process and tells what became of its sockets. */
    TypeOutcome end(long pid) {
        return processes.terminate(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(Sockets.TYPE))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        processes.close();
    }

    private record Interposed(Runnable happening) implements ResourceTypeProvider {

        @Override
        public String resourceType() {
            return Sockets.TYPE;
        }

        @Override
        public int ranking() {
            return CleanupRanking.SOCKETS;
        }

        @Override
        public ResourceCleanup create(ResourceTables tables) {
            return new Sockets(new ResourceTables() {
                @Override
                public <R> ResourceTable<R> open(String resourceType, Class<R> resource, Releaser<? super R> releaser) {
                    return interposeIn(tables.open(resourceType, resource, releaser));
                }
            });
        }

        @SuppressWarnings("unchecked") // it has this one interface
        private <R> ResourceTable<R> interposeIn(ResourceTable<R> table) {
            return (ResourceTable<R>) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {ResourceTable.class}, (proxy, called, arguments) -> {
                        try {
                            var answer = called.invoke(table, arguments);
                            if (called.getName().equals("reserve")) {
                                happening.run();
                            }
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
