package org.reclaim.orchestrator.internal.console;

import java.util.Arrays;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.Coverage;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.WaitingProcess;

/**
 * The commands of scope {@code reclaim}. They return the records of the API, which scripts read and
 * {@link ConsoleFormat} shows. Nothing is computed here. Gogo is optional: without it nobody asks for this service.
 */
@Component(
        service = ConsoleCommands.class,
        property = {
            "osgi.command.scope=reclaim",
            "osgi.command.function=types",
            "osgi.command.function=ps",
            "osgi.command.function=show",
            "osgi.command.function=terminate",
            "osgi.command.function=coverage",
            "osgi.command.function=unsettled",
            "osgi.command.function=history",
            "osgi.command.function=queue",
            "osgi.command.function=priority",
            "osgi.command.function=group",
            "osgi.command.function=policy",
            "osgi.command.function=places"
        })
@Descriptor("Processes, what they hold, and what is left over")
public final class ConsoleCommands {

    private final ProcessManager processes;
    private final ProcessScheduler scheduler;
    private final ResourceInventory inventory;

    @Activate
    public ConsoleCommands(
            @Reference ProcessManager processes,
            @Reference ProcessScheduler scheduler,
            @Reference ResourceInventory inventory) {
        this.processes = processes;
        this.scheduler = scheduler;
        this.inventory = inventory;
    }

    @Descriptor("lists the resource types in the order of cleanup, and how much is live of each")
    public List<ResourceTypeInfo> types() {
        return Tables.types(inventory.types());
    }

    @Descriptor("lists the processes that have not ended")
    public List<ProcessInfo> ps() {
        return Tables.processes(processes.processes());
    }

    @Descriptor("shows a process and each resource that it holds; of one that ended, what it gave back")
    public ProcessDetails show(@Descriptor("pid of the process, as ps and history list it") String pid) {
        long number = parse(pid);
        var process = processes.process(number).orElseThrow(() -> new IllegalArgumentException(
                "There is no process " + number + ", or it ended too long ago: see ps and history"));
        var end = processes.history().stream()
                .filter(known -> known.process().pid() == number)
                .findFirst();
        return new ProcessDetails(
                end.map(ProcessEnd::process).orElse(process),
                inventory.resources(number),
                inventory.limits(number),
                end);
    }

    @Descriptor("ends a process and gives back everything that it holds; harmless if it has ended")
    public ProcessEnd terminate(@Descriptor("pid of the process, as ps lists it") String pid) {
        return processes.terminate(parse(pid));
    }

    @Descriptor("compares the expected resource types with those that have a cleanup")
    public Coverage coverage() {
        return inventory.coverage();
    }

    @Descriptor("lists what has ended and is not freed yet")
    public List<UnsettledResources> unsettled() {
        return Tables.unsettled(inventory.unsettled());
    }

    @Descriptor("lists the latest ends of processes, newest first")
    public List<ProcessEnd> history() {
        return Tables.history(processes.history());
    }

    @Descriptor("lists the processes that wait for a place, in the order in which they will start")
    public List<WaitingProcess> queue() {
        return Tables.queue(scheduler.queue(), "Nothing waits. " + Tables.places(scheduler));
    }

    @Descriptor("gives a process that waits another priority")
    public List<WaitingProcess> priority(
            @Descriptor("pid of the process, as queue lists it") String pid,
            @Descriptor("0 to 100, the most urgent") String priority) {
        scheduler.setPriority(parse(pid), (int) number("priority", priority, ProcessSpec.MAX_PRIORITY));
        return queue();
    }

    @Descriptor("moves a process that waits to another group")
    public List<WaitingProcess> group(
            @Descriptor("pid of the process, as queue lists it") String pid,
            @Descriptor("name of the group") String name) {
        scheduler.setGroup(parse(pid), name);
        return queue();
    }

    @Descriptor("says who gets the next place")
    public String policy() {
        return Tables.places(scheduler);
    }

    @Descriptor("changes who gets the next place, until the configuration changes")
    public String policy(@Descriptor("fifo, priority or fair") String name) {
        var policy = Arrays.stream(SchedulingPolicy.values())
                .filter(known -> known.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("policy is '" + Table.printable(name)
                        + "', must be one of " + Arrays.toString(SchedulingPolicy.values())));
        scheduler.setPolicy(policy);
        return policy();
    }

    @Descriptor("says how many processes may run at a time")
    public String places() {
        return Tables.places(scheduler);
    }

    @Descriptor("changes how many processes may run at a time, until the configuration changes")
    public String places(@Descriptor("from 1; 0 for no limit") String number) {
        scheduler.setPlaces((int) number("places", number, Integer.MAX_VALUE));
        return places();
    }

    private static long number(String what, String text, int largest) {
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) > largest) {
            throw new IllegalArgumentException(
                    what + " is '" + Table.printable(text) + "', must be a number from 0 to " + largest);
        }
        return Long.parseLong(text);
    }

    /** Takes text, because Gogo's own message for what is no number is about Java types. */
    private static long parse(String pid) {
        if (!pid.matches("[0-9]{1,18}") || Long.parseLong(pid) < 1) {
            throw new IllegalArgumentException("pid is '" + Table.printable(pid) + "', must be a number from 1");
        }
        return Long.parseLong(pid);
    }
}
