package org.reclaim.cli.internal;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.fd.FdManager;

/** {@link RunCommand} for the launcher. */
@Component(service = Function.class, property = "reclaim.command=run")
public final class RunService implements Function<Map<String, Object>, Integer> {

    private final ProcessManager processes;

    /** Null where the type is missing: a command can run without its temporary folder. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            target = "(reclaim.available=true)")
    private volatile FdManager files;

    @Activate
    public RunService(@Reference ProcessManager processes) {
        this.processes = processes;
    }

    @Override
    public Integer apply(Map<String, Object> options) {
        var terminal = Terminal.system();
        try {
            return new RunCommand(processes, Optional.ofNullable(files), terminal).run(Options.of(options));
        } finally {
            terminal.flush();
        }
    }
}
