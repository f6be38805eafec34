/** Processes: how they start, what runs in them, and how a tree of them is ended. */
package org.reclaim.orchestrator.internal.process;
