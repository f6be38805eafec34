package org.reclaim.api;

import java.util.Collection;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Calls the cleanups of all types, in order, for one process; knows which types are covered. Thread-safe. */
@ProviderType
public interface ResourceOrchestrator {

    /**
     * Frees all that {@code pid} holds, type by type, the highest ranking first. Never throws what a cleanup throws.
     *
     * @param pid any pid, from 1, that is not a live process of this platform
     * @return an outcome for each type
     * @throws IllegalArgumentException if {@code pid} is below 1
     * @throws IllegalStateException    if {@code pid} is a live process: {@link ProcessManager#terminate} ends those
     */
    CleanupResult cleanupProcess(long pid);

    /**
     * Compares what should be there with what is, and logs a warning for each type that is missing.
     *
     * @param expectedTypes names of resource types
     * @return what is bound and what is missing
     */
    Coverage validateCoverage(Collection<String> expectedTypes);

    /**
     * The types with a cleanup.
     *
     * @return names in the order of cleanup
     */
    List<String> registeredTypes();

    /**
     * How many types have a cleanup.
     *
     * @return the size of {@link #registeredTypes()}
     */
    int resourceCount();
}
