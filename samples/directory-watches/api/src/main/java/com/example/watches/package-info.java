/** Directories that processes watch, type {@code directory_watches}. Managers are thread-safe. */
@Export
@Version("1.0.0")
package com.example.watches;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
