/**
 * Files, temporary files and folders, and file locks held by processes, type {@code file_descriptors}. Managers are
 * thread-safe. What was temporary is deleted when it is released.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.fd;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
