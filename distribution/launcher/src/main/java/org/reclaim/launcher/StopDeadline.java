package org.reclaim.launcher;

import java.util.function.LongSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;

/**
 * How long a platform may take to stop, in milliseconds: ending all processes has a deadline, and everything around it
 * has {@value #MARGIN_MILLIS} ms.
 */
final class StopDeadline {
    /** Framework property: how long ending all processes may take. */
    static final String PROPERTY = "reclaim.stop.deadline.millis";

    /** What it is unless it is set. */
    static final long DEFAULT_MILLIS = 30_000;
    static final long MARGIN_MILLIS = 10_000;

    /** The orchestrator offers the setting as it is now: it can be changed while the platform runs. */
    private static final String CURRENT = "(reclaim.setting=stop.deadline.millis)";

    private StopDeadline() {
    }

    /** For a platform that is to have that property: what cannot be understood is refused by the platform itself. */
    static long withMargin(String property) {
        boolean number = property.matches("[1-9][0-9]{0,8}");
        return (number ? Long.parseLong(property) : DEFAULT_MILLIS) + MARGIN_MILLIS;
    }

    /**
     * For a platform that runs.
     *
     * @param context  of its framework; null if there is none yet or any more, or a stopped one: then the property
     *                 counts
     * @param property as it was at the start
     */
    static long withMargin(BundleContext context, String property) {
        if (context == null) {
            return withMargin(property);
        }
        try {
            for (var reference : context.getServiceReferences(LongSupplier.class, CURRENT)) {
                var setting = context.getService(reference);
                if (setting != null) {
                    return setting.getAsLong() + MARGIN_MILLIS;
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);   // it is a constant
        } catch (IllegalStateException e) {
            // The framework is just going.
            return withMargin(property);
        }
        return withMargin(property);
    }
}
