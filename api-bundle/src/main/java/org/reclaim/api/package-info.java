/**
 * What everybody may use: processes, what they hold, and how it is given back when they end.
 */
@Export
@Version("1.0.0")
package org.reclaim.api;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
