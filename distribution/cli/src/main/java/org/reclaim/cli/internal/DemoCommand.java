package org.reclaim.cli.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.cli.internal.demo.DemoPart;
import org.reclaim.cli.internal.demo.Exhibit;

/**
 * {@code reclaim demo}: one process acquires real resources of every type and closes none of them; when it has ended,
 * the kernel is asked whether anything is left.
 */
final class DemoCommand {

    private final ProcessManager processes;
    private final List<DemoPart> parts;
    private final Terminal terminal;
    private final DemoText text;
    private final BufferedReader in;

    /**
     * Makes the command.
     *
     * @param orchestrator knows the order of the types
     * @param parts        one for each type that is here
     */
    DemoCommand(
            ProcessManager processes,
            ResourceOrchestrator orchestrator,
            Collection<DemoPart> parts,
            Terminal terminal) {
        var order = orchestrator.registeredTypes();
        this.processes = processes;
        this.parts = parts.stream()
                .sorted(Comparator.<DemoPart>comparingInt(part -> order.indexOf(part.resourceType())))
                .toList();
        this.terminal = terminal;
        this.text = new DemoText(terminal.out());
        this.in = new BufferedReader(new InputStreamReader(terminal.in()));
    }

    /** 0 if nothing is left. */
    int run(Options options) {
        if (parts.isEmpty()) {
            terminal.complain("no resource type is here, so there is nothing to show");
            return ExitStatus.FAILED;
        }
        try {
            var json = JsonReport.to(options.json());
            try (var process = processes.start(ProcessSpec.logical("demo"))) {
                return show(process, json, options.pause());
            }
        } catch (IOException | RuntimeException e) {
            terminal.complain(e.getMessage() == null ? e.toString() : e.getMessage());
            return ExitStatus.FAILED;
        }
    }

    private int show(ManagedProcess process, Optional<JsonReport> json, boolean pause) throws IOException {
        var exhibits = acquire(process.pid());
        text.holds(process.pid(), exhibits);
        if (pause) {
            text.lookFromOutside(ProcessHandle.current().pid());
            awaitEnter("end process " + process.pid());
        }
        var end = process.terminate();
        text.gaveBack(end);
        var left = left(exhibits);
        text.left(left);
        if (json.isPresent()) {
            json.get().write(end);
        }
        if (pause) {
            awaitEnter("leave");
        }
        boolean clean = left.isEmpty() && end.cleanup().isSuccess();
        return terminal.delivered(clean ? ExitStatus.OK : ExitStatus.FAILED);
    }

    private Map<String, List<Exhibit>> acquire(long pid) throws IOException {
        var exhibits = new LinkedHashMap<String, List<Exhibit>>();
        for (var part : parts) {
            exhibits.put(part.resourceType(), part.acquire(pid));
        }
        return exhibits;
    }

    private static List<Exhibit> left(Map<String, List<Exhibit>> exhibits) throws IOException {
        var left = new ArrayList<Exhibit>();
        for (var ofType : exhibits.values()) {
            for (var exhibit : ofType) {
                if (exhibit.check().isThere()) {
                    left.add(exhibit);
                }
            }
        }
        return left;
    }

    /** Goes on at the end of the input, too: then nobody is there to press anything. */
    private void awaitEnter(String purpose) throws IOException {
        text.invite(purpose);
        terminal.flush();
        in.readLine();
    }
}
