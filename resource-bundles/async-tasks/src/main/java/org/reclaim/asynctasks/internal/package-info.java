/**
 * The resource type {@code async_tasks}: tasks on virtual threads and timers that run for processes.
 */
package org.reclaim.asynctasks.internal;
