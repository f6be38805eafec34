package org.reclaim.api;

import java.time.Duration;

/**
 * A process that waits for a place.
 *
 * @param process  the process
 * @param priority its priority as it was set, from 0 to {@link ProcessSpec#MAX_PRIORITY}; waiting does not change it
 * @param group    its group
 * @param waited   for how long it has waited
 */
public record WaitingProcess(ProcessInfo process, int priority, String group, Duration waited) {}
