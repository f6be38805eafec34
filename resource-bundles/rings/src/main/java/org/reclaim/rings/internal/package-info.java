/**
 * The resource type {@code rings}: zero-copy rings in shared memory and io_uring instances held by processes.
 */
package org.reclaim.rings.internal;
