package org.reclaim.api;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a process may hold, together with everything below it. Immutable: each {@code with} method returns a changed
 * copy.
 *
 * <pre>{@code
 * ProcessLimits.NONE.withBytes("memory", 64 << 20).withResources("sockets", 10).withChildren(3)
 * }</pre>
 *
 * @param resources how many resources of a type, by its name, from 0
 * @param bytes     how many bytes of a type, by its name, from 0
 * @param children  how many processes may be alive below it, those below its children included, from 0; empty for no
 *                  limit
 */
public record ProcessLimits(Map<String, Long> resources, Map<String, Long> bytes, OptionalLong children) {

    /** No limit. */
    public static final ProcessLimits NONE = new ProcessLimits(Map.of(), Map.of(), OptionalLong.empty());

    /** The type of asynchronous tasks. */
    private static final String TASKS = "async_tasks";

    /**
     * Copies the maps, and refuses negative limits.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public ProcessLimits {
        resources = Map.copyOf(resources);
        bytes = Map.copyOf(bytes);
        resources.forEach((type, limit) -> requireNotNegative("limit of " + type, limit));
        bytes.forEach((type, limit) -> requireNotNegative("limit of bytes of " + type, limit));
        children.ifPresent(limit -> requireNotNegative("limit of children", limit));
    }

    private static void requireNotNegative(String what, long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(what + " is " + limit + ", must be 0 or more");
        }
    }

    /**
     * Limits how many resources of a type may be live.
     *
     * @param resourceType the type
     * @param limit        from 0
     * @return a changed copy
     */
    public ProcessLimits withResources(String resourceType, long limit) {
        return new ProcessLimits(with(resources, resourceType, limit), bytes, children);
    }

    /**
     * Limits the bytes of a type. A type that does not count bytes has none to limit.
     *
     * @param resourceType the type
     * @param limit        from 0
     * @return a changed copy
     */
    public ProcessLimits withBytes(String resourceType, long limit) {
        return new ProcessLimits(resources, with(bytes, resourceType, limit), children);
    }

    /**
     * Limits how many processes may be alive below it.
     *
     * @param limit from 0
     * @return a changed copy
     */
    public ProcessLimits withChildren(long limit) {
        return new ProcessLimits(resources, bytes, OptionalLong.of(limit));
    }

    /**
     * Limits its asynchronous tasks: resources of the type {@code async_tasks}.
     *
     * @param limit from 0
     * @return a changed copy
     */
    public ProcessLimits withTasks(long limit) {
        return withResources(TASKS, limit);
    }

    private static Map<String, Long> with(Map<String, Long> limits, String resourceType, long limit) {
        var changed = new HashMap<>(limits);
        changed.put(resourceType, limit);
        return changed;
    }
}
