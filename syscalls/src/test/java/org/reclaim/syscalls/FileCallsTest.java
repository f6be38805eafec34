package org.reclaim.syscalls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files, pipes, events and sockets as bare descriptors. */
@EnabledOnOs(OS.LINUX)
class FileCallsTest {

    private static final String CLOEXEC_AND = "02";

    @TempDir
    private Path folder;

    @Test
    void aFileIsOpenedAsAskedBlockingAndForThisProcessOnly() throws Exception {
        var path = folder.resolve("ä \u20ac");

        int descriptor = FileCalls.open(path, FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL);

        assertThat(target(descriptor)).isEqualTo(path);
        // O_LARGEFILE is set by the C library where it matters, and seen everywhere.
        assertThat(flags(descriptor)).matches("(0100|0)?02000002|02100002");
        DescriptorCalls.close(descriptor);
        assertThatThrownBy(() -> FileCalls.open(path, FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL))
                .asInstanceOf(type(SystemCallException.class))
                .returns(Errno.EEXIST, SystemCallException::errno);
    }

    @Test
    void aNamedPipeDoesNotMakeAnyoneWait() throws Exception {
        var path = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).inheritIO().start().waitFor()).isZero();

        int descriptor = FileCalls.open(path, FileCalls.O_RDONLY);

        assertThat(target(descriptor)).isEqualTo(path);
        DescriptorCalls.close(descriptor);
    }

    @Test
    void whatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> FileCalls.open(folder.resolve("x"), FileCalls.O_RDONLY))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("open " + folder.resolve("x") + ": No such file or directory (ENOENT, errno 2)");
    }

    @Test
    void aPipeHasTwoEnds() throws Exception {
        var pipe = FileCalls.pipe();

        assertThat(target(pipe.source())).isEqualTo(target(pipe.sink()));
        assertThat(flags(pipe.source())).isEqualTo("02000000");
        assertThat(flags(pipe.sink())).isEqualTo("02000001");
        DescriptorCalls.close(pipe.source());
        DescriptorCalls.close(pipe.sink());
    }

    @Test
    void anEventDoesNotBlock() throws Exception {
        int event = FileCalls.event();

        assertThat(target(event)).hasToString("anon_inode:[eventfd]");
        assertThat(flags(event)).isEqualTo("02004002");
        DescriptorCalls.close(event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aListenerTakesConnectionsAndKnowsItsAddress(String host) throws Exception {
        var address = InetAddress.ofLiteral(host);
        int listener = SocketCalls.listenTcp(new InetSocketAddress(address, 0), 5);
        var local = SocketCalls.localAddress(listener);

        assertThat(local.getAddress()).isEqualTo(address);
        assertThat(local.getPort()).isPositive();
        assertThat(flags(listener)).startsWith(CLOEXEC_AND);
        try (var client = new Socket(local.getAddress(), local.getPort())) {
            assertThat(client.isConnected()).isTrue();
        }
        DescriptorCalls.close(listener);
    }

    @Test
    void anAddressInUseIsRefusedAndLeavesNothing() throws Exception {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var descriptors = sockets();

            assertThatThrownBy(() ->
                    SocketCalls.listenTcp((InetSocketAddress) other.getLocalSocketAddress(), 1))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageStartingWith("bind localhost/127.0.0.1:")
                    .hasMessageContaining("EADDRINUSE");

            assertThat(sockets()).isEqualTo(descriptors);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSocketIsOfTheFamilyThatWasAskedFor(boolean ipv6) throws Exception {
        int socket = SocketCalls.tcp(ipv6);

        assertThat(SocketCalls.localAddress(socket).getAddress() instanceof Inet6Address).isEqualTo(ipv6);
        assertThat(SocketCalls.localAddress(socket).getPort()).isZero();
        DescriptorCalls.close(socket);
        assertThatThrownBy(() -> SocketCalls.localAddress(socket)).hasMessageContaining("EBADF");
    }

    private static Path target(int descriptor) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
    }

    private static String flags(int descriptor) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).stream()
                .filter(line -> line.startsWith("flags:"))
                .map(line -> line.substring("flags:".length()).strip())
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> sockets() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(Files::exists).map(Path::getFileName).sorted().toList();
        }
    }
}
