/**
 * The core in an OSGi framework: built and registered by a bundle activator, because its {@code stop()} runs while the
 * services of all other bundles are still there (OSGi Core 8, chapter 4.4.8); a component of Declarative Services would
 * be stopped in an order of its own.
 */
package org.reclaim.orchestrator.internal.osgi;
