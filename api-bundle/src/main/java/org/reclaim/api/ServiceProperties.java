package org.reclaim.api;

/** Names of the service properties that Reclaim reads and sets. */
public final class ServiceProperties {

    /**
     * On a {@link ResourceCleanup} service, optional: the names of the manager interfaces that the same object
     * implements ({@code String} or {@code String[]}). The platform publishes a front under each.
     */
    public static final String MANAGER = "reclaim.manager";

    /**
     * On a front, always: a {@link Boolean}, true while a resource bundle stands behind it. A component that calls a
     * manager while it is activated selects {@code (reclaim.available=true)}.
     */
    public static final String AVAILABLE = "reclaim.available";

    private ServiceProperties() {}
}
