package org.reclaim.cli.internal;

import java.util.Map;
import java.util.function.Function;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@link ExecCommand} for the launcher. */
@Component(service = Function.class, property = "reclaim.command=exec")
public final class ExecService implements Function<Map<String, Object>, Integer> {

    private final CommandProcessor processor;

    @Activate
    public ExecService(@Reference CommandProcessor processor) {
        this.processor = processor;
    }

    @Override
    public Integer apply(Map<String, Object> options) {
        var terminal = Terminal.system();
        try {
            return new ExecCommand(processor, terminal).run(Options.of(options).lines());
        } finally {
            terminal.flush();
        }
    }
}
