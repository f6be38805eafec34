/**
 * Processes, the resources that they hold, and the end that gives everything back.
 *
 * <p>A <em>process</em> is a unit of ownership with a {@code long} pid, from 1 and never reused. A
 * <em>resource</em> is one thing acquired on its behalf, a <em>resource type</em> its kind by name. For each type one
 * {@link org.reclaim.api.ResourceCleanup} frees all that a pid holds of it; the end of a process calls the cleanups in
 * the order of their rankings, the highest first.
 *
 * <p>Rules that hold in this package:
 * <ul>
 *   <li>Nothing returns or accepts {@code null}; what may be absent is an {@link java.util.Optional}.
 *   <li>Sizes are in bytes, times are {@link java.time.Duration}s.
 *   <li>Every interface that the platform implements may be called by any thread.
 *   <li>Records copy the maps and lists that they are given, and refuse negative numbers by
 *       {@link IllegalArgumentException}.
 * </ul>
 */
@Export
@Version("1.1.0")
package org.reclaim.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
