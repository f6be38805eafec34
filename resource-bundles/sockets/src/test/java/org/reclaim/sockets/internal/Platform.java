package org.reclaim.sockets.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.testing.InterposedProvider;

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
        processes = ProcessManagers.builder()
                .with(new InterposedProvider(new SocketsProvider(), "reserve", happening))
                .build();
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
}
