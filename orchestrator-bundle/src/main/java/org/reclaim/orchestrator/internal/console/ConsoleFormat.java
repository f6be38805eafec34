package org.reclaim.orchestrator.internal.console;

import org.apache.felix.service.command.Converter;
import org.osgi.service.component.annotations.Component;
import org.reclaim.api.Coverage;
import org.reclaim.api.ProcessEnd;

/**
 * Shows people as tables what the commands return as objects. Gogo asks its converters before it formats a result of
 * its own accord, in the interactive shell, in a pipe and in a session that a program made.
 */
@Component(service = Converter.class)
public final class ConsoleFormat implements Converter {

    /** Converts nothing: null is how this interface says so. */
    @Override
    public Object convert(Class<?> desiredType, Object in) {
        return null;
    }

    /** Formats what our commands return, at the top level only; null leaves it to others, by the interface's rule. */
    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        if (level != INSPECT) {
            return null;
        }
        return switch (target) {
            case Table<?> table -> table.toString();
            case ProcessDetails details -> Tables.details(details);
            case ProcessEnd end -> Tables.end(end);
            case Coverage coverage -> Tables.coverage(coverage);
            default -> null;
        };
    }
}
