package org.reclaim.api;

import java.util.OptionalInt;

/**
 * How a process ended, and what was given back.
 *
 * @param process    the process; its state is {@link ProcessState#TERMINATED}, or
 *                   {@link ProcessState#TERMINATING} in the result so far that a caller gets who cannot wait
 * @param reason     why
 * @param exitStatus of a command: 0 to 255, or 128 plus the number of the signal that ended it
 * @param cleanup    what was freed
 */
public record ProcessEnd(ProcessInfo process, EndReason reason, OptionalInt exitStatus, CleanupResult cleanup) {}
