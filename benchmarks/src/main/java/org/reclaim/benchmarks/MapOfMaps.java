package org.reclaim.benchmarks;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What people write by hand: a map by process of maps by id. Releases each resource once, whoever comes first, and does
 * less than a resource table: it knows no process, so it refuses nothing, and an acquisition that races with the end is
 * lost for good.
 */
final class MapOfMaps {

    private final AtomicLong lastId = new AtomicLong();
    private final ConcurrentHashMap<Long, ConcurrentHashMap<Long, Resource>> byPid = new ConcurrentHashMap<>();

    /** Returns the id to close it by. */
    long track(long pid, Resource resource) {
        // Looking first is faster than computeIfAbsent alone, which may lock.
        var held = byPid.get(pid);
        if (held == null) {
            held = byPid.computeIfAbsent(pid, key -> new ConcurrentHashMap<>());
        }
        long id = lastId.incrementAndGet();
        held.put(id, resource);
        return id;
    }

    void close(long pid, long id) {
        var held = byPid.get(pid);
        if (held != null) {
            release(held, id);
        }
    }

    /** Releases all that a process holds; returns how many that were. */
    int end(long pid) {
        var held = byPid.remove(pid);
        if (held == null) {
            return 0;
        }
        int released = 0;
        for (var id : held.keySet()) {
            released += release(held, id);
        }
        return released;
    }

    /** Whoever removes it releases it. */
    private static int release(ConcurrentHashMap<Long, Resource> held, Long id) {
        var resource = held.remove(id);
        if (resource == null) {
            return 0;
        }
        resource.run();
        return 1;
    }
}
