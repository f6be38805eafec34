package org.reclaim.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What is held, by whom, and what is left over: for consoles, pages and monitoring. Each answer is computed when asked
 * and costs time in proportion to what it tells. Thread-safe.
 */
@ProviderType
public interface ResourceInventory {

    /**
     * All types that are bound or that still hold something.
     *
     * @return in the order of cleanup; those without a cleanup last
     */
    List<ResourceTypeInfo> types();

    /**
     * What a process holds in resource tables.
     *
     * @param pid a process
     * @return type by type in the order of cleanup; empty if it holds nothing or is unknown
     */
    List<ResourceInfo> resources(long pid);

    /**
     * The limits that bound what a process may acquire: its own, those of its parents, and those of the platform.
     *
     * @param pid a process
     * @return from the inside out; empty if it is unknown, or nothing is limited
     */
    List<LimitInfo> limits(long pid);

    /**
     * What ended and is not freed yet.
     *
     * @return oldest first
     */
    List<UnsettledResources> unsettled();

    /**
     * Everything freed by ends of processes since the platform started, late settlements included.
     *
     * @return the sum
     */
    CleanupStats totals();

    /**
     * The configured types against the bound ones.
     *
     * @return the coverage, without logging it
     */
    Coverage coverage();
}
