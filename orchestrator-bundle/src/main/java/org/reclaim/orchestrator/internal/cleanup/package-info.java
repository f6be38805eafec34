/**
 * The cleanups that are bound, their order, and the unified cleanup of one process: deadlines, workers, what is left
 * unsettled and tried again, and which expected types are missing.
 */
package org.reclaim.orchestrator.internal.cleanup;
