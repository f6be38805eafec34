package org.reclaim.api.signal;

import java.util.List;
import java.util.Map;

/**
 * What became of a signal that was sent to all.
 *
 * @param reached the pids of those that it was sent to
 * @param refused why it could not be sent to others, by pid
 */
public record Broadcast(List<Long> reached, Map<Long, String> refused) {

    /** Copies both. */
    public Broadcast {
        reached = List.copyOf(reached);
        refused = Map.copyOf(refused);
    }
}
