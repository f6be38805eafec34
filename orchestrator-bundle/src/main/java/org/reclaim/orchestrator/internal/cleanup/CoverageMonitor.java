package org.reclaim.orchestrator.internal.cleanup;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.reclaim.api.Coverage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once when an expected type goes missing, and once when it is back. */
final class CoverageMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(CoverageMonitor.class);

    private final Supplier<? extends Collection<String>> expected;

    /** Under the lock, as everything below. */
    private final Set<String> seen = new HashSet<>();

    private final Set<String> warned = new HashSet<>();
    private boolean startedUp;
    private boolean stopping;

    /** Asks what is expected each time. */
    CoverageMonitor(Supplier<? extends Collection<String>> expected) {
        this.expected = expected;
    }

    /** Compares what should be bound with what is. */
    static Coverage compare(Collection<String> expected, Collection<String> registered) {
        var wanted = List.copyOf(new LinkedHashSet<>(expected));
        return new Coverage(
                wanted,
                wanted.stream().filter(registered::contains).toList(),
                wanted.stream().filter(type -> !registered.contains(type)).toList());
    }

    Coverage coverage(Collection<String> registered) {
        return compare(expected.get(), registered);
    }

    static void warn(Coverage coverage) {
        coverage.warnings().forEach(LOG::warn);
    }

    /**
     * To be called after each binding and unbinding, and when other types are expected.
     *
     * @param registered asked under the lock: of two that come here, the later one sees both changes
     */
    synchronized void changed(Supplier<? extends Collection<String>> registered) {
        if (stopping) {
            return;
        }
        var coverage = coverage(registered.get());
        seen.addAll(coverage.bound());
        warned.retainAll(coverage.expected());
        for (var type : coverage.bound()) {
            if (warned.remove(type)) {
                LOG.info("Resource type '{}' is registered again", type);
            }
        }
        for (var type : coverage.missing()) {
            // While starting up, what was never there may still come.
            if ((startedUp || seen.contains(type)) && warned.add(type)) {
                LOG.warn(
                        "Resource type '{}' not registered - potential leak source! What ended processes hold of it"
                                + " stays until it is back",
                        type);
            }
        }
    }

    /** Says that from now on a type that never came is missing. */
    synchronized void startedUp(Supplier<? extends Collection<String>> registered) {
        startedUp = true;
        changed(registered);
    }

    /** Says that types now go on purpose. */
    synchronized void stopping() {
        stopping = true;
    }
}
