package org.reclaim.api.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses between two neighbours, which are to stay as they are. */
class AuxiliaryMemoryTest {

    private final AuxiliaryMemory memory = new AuxiliaryMemory(Arena.ofAuto(), 3);

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "fe80::1234"})
    void anAddressIsReadAsItWasWritten(String literal) {
        var before = new InetSocketAddress(InetAddress.ofLiteral("1.2.3.4"), 1);
        var address = new InetSocketAddress(InetAddress.ofLiteral(literal), 54321);
        memory.putAddress(0, before);
        memory.putAddress(2, before);

        memory.putAddress(1, address);

        assertThat(memory.address(1)).isEqualTo(address).hasToString(address.toString());
        assertThat(memory.address(0)).isEqualTo(before);
        assertThat(memory.address(2)).isEqualTo(before);
    }

    @Test
    void theScopeOfALinkLocalAddressIsKept() throws UnknownHostException {
        var bytes = InetAddress.ofLiteral("fe80::1234").getAddress();
        var address = new InetSocketAddress(Inet6Address.getByAddress(null, bytes, 4711), 80);

        memory.putAddress(1, address);

        assertThat(memory.address(1)).isEqualTo(address);
        assertThat(((Inet6Address) memory.address(1).getAddress()).getScopeId()).isEqualTo(4711);
    }
}
