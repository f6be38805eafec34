package org.reclaim.api.ring;

import java.util.Objects;

/**
 * Both ends of a pipe, pipe(7), for operations of an {@link IoUring}. Released together; each may be closed earlier.
 *
 * @param source to read from
 * @param sink   to write to
 */
public record RingPipe(RingDescriptor source, RingDescriptor sink) {

    /**
     * For the resource type only.
     *
     * @param source to read from
     * @param sink   to write to
     */
    public RingPipe {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(sink, "sink");
    }
}
