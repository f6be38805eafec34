/**
 * Who may run, and who waits. {@link org.reclaim.orchestrator.internal.schedule.RunQueue} decides and knows neither
 * threads nor clocks.
 */
package org.reclaim.orchestrator.internal.schedule;
