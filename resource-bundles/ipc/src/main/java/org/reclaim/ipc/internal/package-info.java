/**
 * The resource type {@code ipc}: message queues, pipes and POSIX shared memory held by processes.
 */
package org.reclaim.ipc.internal;
