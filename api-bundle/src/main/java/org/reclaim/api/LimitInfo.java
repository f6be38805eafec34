package org.reclaim.api;

/**
 * A limit, and what is in use of it.
 *
 * @param scope   whose: "process 5", "process 5 and all below it", or "all processes together"
 * @param what    what it counts: a resource type, the bytes of one, or processes
 * @param limit   the limit
 * @param used    what is in use, from 0; more than the limit if that was lowered
 * @param refused how many requests this limit has refused; of a limit for each single process, those of all processes
 */
public record LimitInfo(String scope, String what, long limit, long used, long refused) {}
