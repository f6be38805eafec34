package org.reclaim.api.ring;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Told how an operation of an {@link IoUring} ended.
 *
 * <p>Called once for each operation, on a thread that is within {@link IoUring#poll poll} or {@link IoUring#await
 * await} of the instance, and under no lock: it may queue and submit further operations. No thread of the platform
 * calls it. What it throws reaches that caller, after other completions that were taken with it were told.
 */
@FunctionalInterface
@ConsumerType
public interface Completion {

    /** Cares for nothing: for instances all of whose operations have completions of their own. */
    Completion NONE = (token, result) -> {};

    /**
     * An operation has ended.
     *
     * @param token  what was given for it when it was queued
     * @param result from 0 what the corresponding system call returns, such as the number of bytes; below 0 an error
     *               number, errno(3), times -1, such as {@code -125} ({@code ECANCELED}) for a cancelled operation
     */
    void completed(long token, int result);
}
