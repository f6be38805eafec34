/**
 * Resource tables: which process holds what, lock-free to track and to release.
 *
 * <p>An {@link org.reclaim.orchestrator.internal.table.Owner} (a process) has a
 * {@link org.reclaim.orchestrator.internal.table.Holding} per resource type, that has stripes, those have chunks of
 * slots, and a slot has an {@link org.reclaim.orchestrator.internal.table.Entry}, which is at the same time the handle
 * that the user gets. Everything below an owner is made when it is first needed.
 *
 * <h2>Exactly once</h2>
 *
 * An entry's state moves by compare-and-set alone: whoever moves it to RELEASING, and nobody else, calls the releaser.
 *
 * <h2>Tracking against the end of the process</h2>
 *
 * Tracking publishes the entry in its slot (volatile) and then reads the process's state (volatile). The end moves that
 * to TERMINATING and then reads the slots. All four are sequentially consistent, so at least one side sees the other:
 * either the end finds the entry, or tracking sees the end and withdraws the entry, by the same compare-and-set that
 * the end would use to release it. Whoever wins it decides; never both, never neither.
 *
 * <h2>Releasing against a type that goes away</h2>
 *
 * Releasing moves the entry to RELEASING and then reads the type's releaser. Detaching clears the releaser and then
 * looks for RELEASING entries. Both sequentially consistent again: a release that still got the old releaser is seen
 * and waited for. A release that finds none leaves the entry CLOSED and reads the releaser once more, while opening
 * sets it and then looks for CLOSED entries.
 *
 * <h2>Closing late against a release that fails</h2>
 *
 * What an end had to leave is closed by who knows that it can be released now, such as a task that has stopped at last.
 * If that meets a release in progress, which may have begun too early to succeed, it marks the entry; a release that
 * fails leaves RELEASING only if there is no mark, and is repeated once if there is. Both by compare-and-set on the one
 * word of the entry, so either the mark comes first, or closing finds the entry CLOSED and releases it.
 */
package org.reclaim.orchestrator.internal.table;
