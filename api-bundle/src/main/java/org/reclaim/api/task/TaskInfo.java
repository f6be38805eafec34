package org.reclaim.api.task;

import java.time.Instant;
import java.util.Optional;

/**
 * A task at one moment.
 *
 * @param id        its number, from 1
 * @param pid       the process that it runs for
 * @param name      for people
 * @param schedule  when it runs
 * @param state     where it is in its life
 * @param progress  as its code has reported it, from 0 to 1
 * @param runs      how often its code has been started
 * @param submitted when it was handed in
 * @param started   when its code was started last
 */
public record TaskInfo(
        long id,
        long pid,
        String name,
        TaskSchedule schedule,
        TaskState state,
        double progress,
        long runs,
        Instant submitted,
        Optional<Instant> started) {}
