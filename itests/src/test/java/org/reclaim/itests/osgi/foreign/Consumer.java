package org.reclaim.itests.osgi.foreign;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.socket.SocketManager;

/**
 * A user of sockets as simple as can be: static mandatory references, and a connection from its activation on. Its
 * service sends a byte through that connection and answers with what arrives.
 */
@Component(service = Callable.class, property = "consumer=true", immediate = true)
public final class Consumer implements Callable<Integer> {

    private final ProcessManager processes;
    private final long pid;
    private final ResourceHandle<SocketChannel> client;
    private final ResourceHandle<SocketChannel> server;
    private byte next;

    /** Connects. */
    @Activate
    public Consumer(@Reference ProcessManager processes, @Reference SocketManager sockets) throws IOException {
        this.processes = processes;
        pid = processes.start(ProcessSpec.logical("consumer")).pid();
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var listener = sockets.listenTcp(pid, loopback, 0);
        client = sockets.openStream(pid, StandardProtocolFamily.INET);
        client.get().connect(listener.get().getLocalAddress());
        server = sockets.adopt(pid, listener.get().accept());
        Journal.note("active " + pid);
    }

    @Deactivate
    void deactivate() {
        Journal.note("inactive " + pid);
        processes.terminate(pid);
    }

    @Override
    public Integer call() throws IOException {
        next++;
        client.get().write(ByteBuffer.wrap(new byte[] {next}));
        var received = ByteBuffer.allocate(1);
        server.get().read(received);
        return (int) received.get(0);
    }
}
