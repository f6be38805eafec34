/**
 * The resource type {@code memory}: off-heap blocks.
 */
package org.reclaim.memory.internal;
