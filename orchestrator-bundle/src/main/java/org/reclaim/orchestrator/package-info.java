/**
 * Builds the core on a plain class path, without an OSGi framework.
 */
@Export
@Version("1.1.0")
package org.reclaim.orchestrator;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
