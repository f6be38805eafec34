package org.reclaim.orchestrator.internal.console;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Coverage;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.WaitingProcess;

/** How the records of the API look as tables. */
final class Tables {

    private static final String NONE = "-";

    private Tables() {}

    static Table<ResourceTypeInfo> types(List<ResourceTypeInfo> types) {
        return new Table<>("No resource type is bound, and none holds anything.", types)
                .text("TYPE", ResourceTypeInfo::resourceType)
                .number("RANKING", type -> type.bound() ? type.ranking() : NONE)
                .text("BUNDLE", type -> orNone(type.bundle()))
                .number("LIVE", ResourceTypeInfo::live)
                .number("BYTES", ResourceTypeInfo::bytes)
                .number("REFUSED", ResourceTypeInfo::refused)
                .text("STATE", Tables::state);
    }

    static Table<ProcessInfo> processes(List<ProcessInfo> processes) {
        return new Table<>("No process is alive.", processes)
                .number("PID", ProcessInfo::pid)
                .text("NAME", ProcessInfo::name)
                .text("KIND", ProcessInfo::kind)
                .text("STATE", ProcessInfo::state)
                .number("PARENT", process -> orNone(process.parent()))
                .number("OS-PID", process -> orNone(process.osPid()))
                .text("STARTED", process -> seconds(process.started()));
    }

    static Table<WaitingProcess> queue(List<WaitingProcess> queue, String whenEmpty) {
        return new Table<>(whenEmpty, queue)
                .number("PID", waiting -> waiting.process().pid())
                .text("NAME", waiting -> waiting.process().name())
                .text("KIND", waiting -> waiting.process().kind())
                .text("GROUP", WaitingProcess::group)
                .number("PRIORITY", WaitingProcess::priority)
                .number("WAITED", waiting -> waiting.waited().toSeconds() + " s");
    }

    static String places(ProcessScheduler scheduler) {
        int running = scheduler.running();
        return scheduler.places() == ProcessScheduler.NO_LIMIT
                ? "%d running, no limit, policy %s.".formatted(running, scheduler.policy())
                : "%d of %d places taken, policy %s.".formatted(running, scheduler.places(), scheduler.policy());
    }

    static Table<LimitInfo> limits(List<LimitInfo> limits) {
        return new Table<>("", limits)
                .text("LIMIT OF", LimitInfo::what)
                .text("FOR", LimitInfo::scope)
                .number("LIMIT", LimitInfo::limit)
                .number("USED", LimitInfo::used)
                .number("REFUSED", LimitInfo::refused);
    }

    static Table<ResourceInfo> resources(List<ResourceInfo> resources) {
        return new Table<>("It holds nothing.", resources)
                .text("TYPE", ResourceInfo::resourceType)
                .text("STATE", ResourceInfo::state)
                .number("BYTES", ResourceInfo::bytes)
                .text("RESOURCE", ResourceInfo::label);
    }

    static Table<TypeOutcome> outcomes(List<TypeOutcome> outcomes) {
        return new Table<>("No resource type was asked.", outcomes)
                .text("TYPE", TypeOutcome::resourceType)
                .text("STATUS", TypeOutcome::status)
                .number("FREED", outcome -> outcome.stats().resourcesFreed())
                .number("BYTES", outcome -> outcome.stats().bytesFreed())
                .number("ERRORS", outcome -> outcome.stats().errorsEncountered())
                .number("MICROS", outcome -> outcome.stats().cleanupDurationMicros())
                .text("DETAIL", TypeOutcome::detail);
    }

    static Table<UnsettledResources> unsettled(List<UnsettledResources> unsettled) {
        return new Table<>("Nothing is unsettled: all that ended is freed.", unsettled)
                .number("PID", UnsettledResources::pid)
                .text("TYPE", UnsettledResources::resourceType)
                .text("STATUS", UnsettledResources::status)
                .number("LEFT", UnsettledResources::resources)
                .number("BYTES", UnsettledResources::bytes)
                .number("TRIES", UnsettledResources::tries)
                .text("SINCE", pair -> seconds(pair.since()))
                .text("DETAIL", UnsettledResources::detail);
    }

    static Table<ProcessEnd> history(List<ProcessEnd> history) {
        return new Table<>("No process has ended yet.", history)
                .number("PID", end -> end.process().pid())
                .text("NAME", end -> end.process().name())
                .text("KIND", end -> end.process().kind())
                .text("REASON", Tables::reason)
                .number("EXIT", end -> orNone(end.exitStatus()))
                .number("FREED", end -> end.cleanup().stats().resourcesFreed())
                .number("BYTES", end -> end.cleanup().stats().bytesFreed())
                .number("MICROS", end -> end.cleanup().stats().cleanupDurationMicros())
                .text("NOT FREED", end -> String.join("; ", end.cleanup().errors()));
    }

    static String coverage(Coverage coverage) {
        var table = new Table<>("No resource type is expected.", coverage.expected())
                .text("EXPECTED TYPE", type -> type)
                .text("CLEANUP", type -> coverage.bound().contains(type) ? "bound" : "MISSING");
        return lines(table.toString(), String.join("\n", coverage.warnings()));
    }

    static String details(ProcessDetails details) {
        var resources = resources(details.resources()).toString();
        return details.end()
                .map(end -> lines(end(end), details.resources().isEmpty() ? "" : "Still held:\n" + resources))
                .orElseGet(() -> lines(
                        headline(details.process()), resources, limits(details.limits()).toString()));
    }

    static String end(ProcessEnd end) {
        var how = end.process().state() == ProcessState.TERMINATING ? "is ending" : "ended";
        var exit = end.exitStatus().isPresent() ? ", exit status " + end.exitStatus().getAsInt() : "";
        var stats = end.cleanup().stats();
        var detail = end.detail().isEmpty() ? "" : ": " + Table.printable(end.detail());
        return lines(
                headline(end.process()),
                "It %s (%s%s%s) and gave back %s.".formatted(how, reason(end), detail, exit, sum(stats)),
                outcomes(end.cleanup().outcomes()).toString());
    }

    private static String reason(ProcessEnd end) {
        var by = end.terminatedBy();
        return end.reason() + (by.isPresent() ? " by " + by.getAsLong() : "");
    }

    private static String sum(CleanupStats stats) {
        return "%d resource%s, %d bytes, in %d us".formatted(
                stats.resourcesFreed(),
                stats.resourcesFreed() == 1 ? "" : "s",
                stats.bytesFreed(),
                stats.cleanupDurationMicros());
    }

    private static String headline(ProcessInfo process) {
        var parent = process.parent().isPresent() ? ", child of " + process.parent().getAsLong() : "";
        var osPid = process.osPid().isPresent() ? ", OS pid " + process.osPid().getAsLong() : "";
        return "Process %d '%s': %s, %s%s%s, started %s".formatted(
                process.pid(),
                Table.printable(process.name()),
                process.kind(),
                process.state(),
                parent,
                osPid,
                seconds(process.started()));
    }

    private static String state(ResourceTypeInfo type) {
        var bound = type.bound() ? "bound" : "UNBOUND";
        var stuck = type.stuckCalls() == 0 ? "" : ", " + type.stuckCalls() + " stuck";
        return bound + stuck + (type.limitation().isEmpty() ? "" : ", limited: " + type.limitation());
    }

    private static String lines(String... blocks) {
        return String.join("\n", List.of(blocks).stream().filter(block -> !block.isEmpty()).toList());
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    private static Object orNone(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : NONE;
    }

    private static Object orNone(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : NONE;
    }
}
