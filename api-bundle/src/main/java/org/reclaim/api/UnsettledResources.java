package org.reclaim.api;

import java.time.Instant;

/**
 * One type of one process that has ended and was not freed.
 *
 * @param pid          the process
 * @param resourceType the type
 * @param status       why: the latest outcome
 * @param resources    how many resources wait in the type's table; 0 for a type without a table
 * @param bytes        their size
 * @param tries        how often it was tried since the end, from 0
 * @param since        when the process ended
 * @param detail       what the latest try said
 */
public record UnsettledResources(
        long pid,
        String resourceType,
        TypeOutcome.Status status,
        long resources,
        long bytes,
        int tries,
        Instant since,
        String detail) {}
