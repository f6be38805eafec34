package org.reclaim.cli.internal.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTest {

    @TempDir
    private Path folder;

    @Test
    void seesAnOpenFileAlsoWhenItIsDeleted() throws Exception {
        var file = folder.resolve("file");
        try (var _ = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(Kernel.hasOpen(file)).isTrue();
            Files.delete(file);
            assertThat(Kernel.hasOpen(file)).isTrue();
        }
        assertThat(Kernel.hasOpen(file)).isFalse();
    }

    @Test
    void seesAMappedFileAlsoWhenItIsDeleted() throws Exception {
        var file = Files.write(folder.toRealPath().resolve("a file"), new byte[1]);
        try (var arena = Arena.ofShared(); var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThat(Kernel.hasMapped(file.toString())).isFalse();
            channel.map(FileChannel.MapMode.READ_ONLY, 0, 1, arena);
            assertThat(Kernel.hasMapped(file.toString())).isTrue();
            Files.delete(file);
            assertThat(Kernel.hasMapped(file.toString())).isTrue();
            assertThat(Kernel.hasMapped(folder.toRealPath().resolve("a").toString())).isFalse();
        }
        assertThat(Kernel.hasMapped(file.toString())).isFalse();
    }

    @Test
    void seesASocketUntilItIsClosed() throws Exception {
        final String inode;
        try (var listener = listen()) {
            inode = Kernel.inode("tcp", port(listener), 0).orElseThrow();
            assertThat(Kernel.hasSocket(inode)).isTrue();
        }
        assertThat(Kernel.hasSocket(inode)).isFalse();
    }

    @Test
    void seesAUnixListenerAlsoWhenItsPathIsGone() throws Exception {
        var path = folder.resolve("with a blank");
        final String inode;
        try (var _ = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path))) {
            inode = Kernel.unixInode(path).orElseThrow();
            Files.delete(path);
            assertThat(Kernel.hasSocket(inode)).isTrue();
        }
        assertThat(Kernel.hasSocket(inode)).isFalse();
    }

    @Test
    void seesWhichSignalsAreHandled() throws Exception {
        int hup = 1; // the JVM shuts down
        int kill = 9; // nobody can
        assertThat(Kernel.catches(hup)).isTrue();
        assertThat(Kernel.catches(kill)).isFalse();
    }

    @Test
    void findsTheSelectorThatWatchesASocket() throws Exception {
        try (var listener = listen()) {
            var inode = Kernel.inode("tcp", port(listener), 0).orElseThrow();
            assertThat(Kernel.selectorOf(inode)).isEmpty();
            listener.configureBlocking(false);
            final String descriptor;
            try (var selector = Selector.open()) {
                listener.register(selector, SelectionKey.OP_ACCEPT);
                selector.selectNow();
                descriptor = Kernel.selectorOf(inode).orElseThrow();
                assertThat(Kernel.isSelector(descriptor)).isTrue();
            }
            assertThat(Kernel.isSelector(descriptor)).isFalse();
        }
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static int port(ServerSocketChannel listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }
}
