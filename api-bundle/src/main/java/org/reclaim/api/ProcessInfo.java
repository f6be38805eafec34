package org.reclaim.api;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * A process as it was at one moment.
 *
 * @param pid     from 1, never reused
 * @param name    what its starter called it
 * @param kind    what stands behind it
 * @param state   where it was in its life
 * @param parent  the process that it ends with, if any
 * @param started when it got its pid
 * @param osPid   the operating system's pid of a {@link ProcessKind#COMMAND} that was started
 */
public record ProcessInfo(
        long pid,
        String name,
        ProcessKind kind,
        ProcessState state,
        OptionalLong parent,
        Instant started,
        OptionalLong osPid) {}
