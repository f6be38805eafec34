/**
 * TCP, UDP and Unix-domain sockets held by processes, type {@code sockets}. Managers are thread-safe. No method of a
 * manager waits for a peer: accepting, connecting and receiving are methods of the channels that it returns.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.socket;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
