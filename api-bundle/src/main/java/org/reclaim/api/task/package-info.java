/**
 * Tasks that run for processes on virtual threads, type {@code async_tasks}: at once, later, or again and again.
 * Managers and tasks are thread-safe. No method of a manager waits for a task: that is done by methods of the
 * {@link org.reclaim.api.task.AsyncTask} that it returns.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.task;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
