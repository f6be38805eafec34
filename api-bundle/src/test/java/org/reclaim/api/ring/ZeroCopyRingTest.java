package org.reclaim.api.ring;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** What happens so rarely while a side waits that it has to be tried by itself. */
class ZeroCopyRingTest {

    @Test
    void whoLooksForThePeerAndFindsItsOwnSideEndedSaysSo() {
        var arena = Arena.ofShared();
        var memory = arena.allocate(RingLayout.HEADER_SIZE + RingLayout.MIN_CAPACITY, Long.BYTES);
        var producer = new RingProducer("r", "reclaim-0-1-ring-r", true, memory, arena);
        producer.lookForPeer();

        producer.release();

        assertThatThrownBy(producer::lookForPeer)
                .isInstanceOf(RingClosedException.class)
                .hasMessage("ring 'r': the " + RingSide.PRODUCER + " has ended; it can't be used any more");
    }
}
