/**
 * Mapped files and anonymous regions held by processes, type {@code mappings}. Sizes and offsets are in bytes; managers
 * are thread-safe. What was unmapped can not be touched: a segment that has outlived its mapping throws on every
 * access.
 *
 * <p>Protection is decided when mapping, or by {@link java.lang.foreign.MemorySegment#asReadOnly() read-only views}.
 * There is no way to change it later: {@code mprotect(2)} below a segment that somebody can still reach kills the JVM.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.mapping;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
