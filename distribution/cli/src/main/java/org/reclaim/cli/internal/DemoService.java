package org.reclaim.cli.internal;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.cli.internal.demo.DemoPart;

/** {@link DemoCommand} for the launcher. */
@Component(service = Function.class, property = "reclaim.command=demo")
public final class DemoService implements Function<Map<String, Object>, Integer> {

    private final ProcessManager processes;
    private final ResourceOrchestrator orchestrator;

    /** The types that are there; they come and go. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private volatile List<DemoPart> parts;

    @Activate
    public DemoService(@Reference ProcessManager processes, @Reference ResourceOrchestrator orchestrator) {
        this.processes = processes;
        this.orchestrator = orchestrator;
    }

    @Override
    public Integer apply(Map<String, Object> options) {
        var terminal = Terminal.system();
        try {
            return new DemoCommand(processes, orchestrator, parts, terminal).run(Options.of(options));
        } finally {
            terminal.flush();
        }
    }
}
