package org.reclaim.syscalls;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as the kernel has them. */
class SocketCallsTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "fe80::1234"})
    void anAddressIsReadAsItWasWritten(String literal) {
        var address = new InetSocketAddress(InetAddress.ofLiteral(literal), 54321);

        assertThat(writtenAndRead(address)).isEqualTo(address).hasToString(address.toString());
    }

    @Test
    void theScopeOfALinkLocalAddressIsKept() throws UnknownHostException {
        var bytes = InetAddress.ofLiteral("fe80::1234").getAddress();
        var address = new InetSocketAddress(Inet6Address.getByAddress(null, bytes, 4711), 80);

        var read = writtenAndRead(address);

        assertThat(read).isEqualTo(address);
        assertThat(((Inet6Address) read.getAddress()).getScopeId()).isEqualTo(4711);
    }

    private static InetSocketAddress writtenAndRead(InetSocketAddress address) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(SocketCalls.ADDRESS_BYTES, Integer.BYTES);
            SocketCalls.writeAddress(address, memory);
            return SocketCalls.readAddress(memory);
        }
    }
}
