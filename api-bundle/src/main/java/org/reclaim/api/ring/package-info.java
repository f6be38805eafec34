/**
 * Rings held by processes, type {@code rings}. Zero-copy rings carry messages from one producer to one consumer through
 * shared memory, be they threads, processes of this platform, or programs of their own; how their memory is laid out is
 * in {@link org.reclaim.api.ring.RingLayout}. Sizes are in bytes; managers are thread-safe, a side of a ring is used by
 * one thread at a time.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.ring;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
