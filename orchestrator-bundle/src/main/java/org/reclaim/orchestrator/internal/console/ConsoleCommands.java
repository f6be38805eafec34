package org.reclaim.orchestrator.internal.console;

import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.Coverage;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.UnsettledResources;

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
            "osgi.command.function=history"
        })
@Descriptor("Processes, what they hold, and what is left over")
public final class ConsoleCommands {

    private final ProcessManager processes;
    private final ResourceInventory inventory;

    @Activate
    public ConsoleCommands(@Reference ProcessManager processes, @Reference ResourceInventory inventory) {
        this.processes = processes;
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
        return new ProcessDetails(end.map(ProcessEnd::process).orElse(process), inventory.resources(number), end);
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

    /** Takes text, because Gogo's own message for what is no number is about Java types. */
    private static long parse(String pid) {
        if (!pid.matches("[0-9]{1,18}") || Long.parseLong(pid) < 1) {
            throw new IllegalArgumentException("pid is '" + Table.printable(pid) + "', must be a number from 1");
        }
        return Long.parseLong(pid);
    }
}
