package org.reclaim.orchestrator.internal.console;

import java.util.List;
import java.util.Optional;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ResourceInfo;

/**
 * What {@code reclaim:show} returns.
 *
 * @param process   the process
 * @param resources what it holds
 * @param limits    what bounds what it may hold
 * @param end       how it ended, if it has
 */
public record ProcessDetails(
        ProcessInfo process, List<ResourceInfo> resources, List<LimitInfo> limits, Optional<ProcessEnd> end) {}
