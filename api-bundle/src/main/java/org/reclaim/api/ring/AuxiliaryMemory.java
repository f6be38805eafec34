package org.reclaim.api.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.time.Duration;

/** What operations point to besides buffers: for each slot a time or an address, which stays until it has completed. */
final class AuxiliaryMemory {

    /** The size of {@code struct sockaddr_in6}, the longest; after it comes the length. */
    static final int ADDRESS_BYTES = 28;

    private static final int SLOT_BYTES = ADDRESS_BYTES + Integer.BYTES;

    // struct sockaddr_in and sockaddr_in6, ip(7) and ipv6(7)
    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final long PORT = 2;
    private static final long ADDRESS4 = 4;
    private static final long ADDRESS6 = 8;
    private static final long SCOPE6 = 24;
    private static final int INET_BYTES = 16;
    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment memory;

    AuxiliaryMemory(Arena arena, int slots) {
        memory = arena.allocate((long) slots * SLOT_BYTES, Long.BYTES);
    }

    /** Writes a {@code struct __kernel_timespec}; returns where it is. */
    long putTime(int slot, Duration time) {
        long at = (long) slot * SLOT_BYTES;
        memory.set(JAVA_LONG, at, time.getSeconds());
        memory.set(JAVA_LONG, at + Long.BYTES, time.getNano());
        return memory.address() + at;
    }

    /** Writes an address; returns where it is. */
    long putAddress(int slot, InetSocketAddress address) {
        long at = (long) slot * SLOT_BYTES;
        boolean ipv6 = address.getAddress() instanceof Inet6Address;
        memory.asSlice(at, SLOT_BYTES).fill((byte) 0);
        memory.set(JAVA_SHORT, at, ipv6 ? AF_INET6 : AF_INET);
        memory.set(NETWORK_SHORT, at + PORT, (short) address.getPort());
        var bytes = MemorySegment.ofArray(address.getAddress().getAddress());
        MemorySegment.copy(bytes, 0, memory, at + (ipv6 ? ADDRESS6 : ADDRESS4), bytes.byteSize());
        if (address.getAddress() instanceof Inet6Address inet6) {
            memory.set(JAVA_INT, at + SCOPE6, inet6.getScopeId());
        }
        return memory.address() + at;
    }

    /** How long what {@link #putAddress} writes is, in bytes. */
    static int addressByteSize(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address ? ADDRESS_BYTES : INET_BYTES;
    }

    /** Makes room for an address that the kernel writes, and its length behind it; returns where it is. */
    long expectAddress(int slot) {
        long at = (long) slot * SLOT_BYTES;
        memory.set(JAVA_INT, at + ADDRESS_BYTES, ADDRESS_BYTES);
        return memory.address() + at;
    }

    /** What the kernel has written. */
    InetSocketAddress address(int slot) {
        long at = (long) slot * SLOT_BYTES;
        boolean ipv6 = memory.get(JAVA_SHORT, at) == AF_INET6;
        var bytes = memory.asSlice(at + (ipv6 ? ADDRESS6 : ADDRESS4), ipv6 ? 16 : 4).toArray(JAVA_BYTE);
        int scope = ipv6 ? memory.get(JAVA_INT, at + SCOPE6) : 0;
        try {
            return new InetSocketAddress(
                    // A link-local address means nothing without its scope; the other ones have none, not even 0.
                    scope == 0
                            ? InetAddress.getByAddress(bytes)
                            : Inet6Address.getByAddress(null, bytes, scope),
                    Short.toUnsignedInt(memory.get(NETWORK_SHORT, at + PORT)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Addresses of 4 and 16 bytes are right", e);
        }
    }
}
