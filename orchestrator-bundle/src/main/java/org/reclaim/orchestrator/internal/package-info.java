/** The core that is the same with and without OSGi: its settings and its wiring. */
package org.reclaim.orchestrator.internal;
