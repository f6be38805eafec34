package org.reclaim.benchmarks;

import java.util.List;

/**
 * A line of the table: what we do, what others do instead, and how much better we want to be.
 *
 * @param what  what is done
 * @param ours  how we do it
 * @param peer  who does it instead
 * @param peers what that is made of: their times are added
 * @param bar   what we want to reach
 */
record Comparison(String what, Case ours, String peer, List<Case> peers, Bar bar) {

    static Comparison of(String what, Case ours, String peer, Case... peers) {
        return new Comparison(what, ours, peer, List.of(peers), new Bar.None());
    }

    Comparison bar(Bar toReach) {
        return new Comparison(what, ours, peer, peers, toReach);
    }

    double nanos(Round round) {
        return round.nanos(ours);
    }

    double peerNanos(Round round) {
        return peers.stream().mapToDouble(round::nanos).sum();
    }

    /** How many times as fast we were in a round. */
    double ratio(Round round) {
        return peerNanos(round) / nanos(round);
    }

    boolean isReached(Round round) {
        return bar.isReached(nanos(round), peerNanos(round));
    }
}
