/**
 * Rings held by processes, type {@code rings}. Sizes are in bytes. Managers are thread-safe, and no method of a manager
 * waits for an event: that is done by methods of what it returns.
 *
 * <p><b>Zero-copy rings</b> ({@link org.reclaim.api.ring.ZeroCopyIpc}) carry messages from one producer to one consumer
 * through shared memory, be they threads, processes of this platform, or programs of their own; how their memory is
 * laid out is in {@link org.reclaim.api.ring.RingLayout}. A side of a ring is used by one thread at a time.
 *
 * <p><b>io_uring</b> ({@link org.reclaim.api.ring.IoUringManager}): instances, and what they work on. What is used
 * after its bundle was replaced is in this package: an instance brings its own calls, so that it stays usable, and
 * whoever is the bundle then frees it.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.ring;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
