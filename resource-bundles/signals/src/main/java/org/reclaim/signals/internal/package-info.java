/**
 * The resource type {@code signals}: handlers of POSIX signals and of signals sent between processes.
 */
package org.reclaim.signals.internal;
