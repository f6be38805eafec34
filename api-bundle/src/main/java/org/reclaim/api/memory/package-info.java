/**
 * Off-heap memory held by processes, type {@code memory}. Sizes and alignments are in bytes; managers are thread-safe.
 * Memory that was freed can not be touched: a segment that has outlived its block throws on every access.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
