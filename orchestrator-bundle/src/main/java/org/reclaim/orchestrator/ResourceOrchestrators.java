package org.reclaim.orchestrator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.orchestrator.internal.Core;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.table.ResourceTypes;

/** Makes an orchestrator of one's own, for cleanups that are registered by hand. */
public final class ResourceOrchestrators {

    private ResourceOrchestrators() {}

    /**
     * Begins one without cleanups.
     *
     * @return a builder, for one thread
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects cleanups. For one thread. */
    public static final class Builder {

        private record Registration(String resourceType, ResourceCleanup cleanup, int ranking) {}

        private final List<Registration> registrations = new ArrayList<>();
        private final SettingsBuilder settings = new SettingsBuilder(Settings.DEFAULT);

        private Builder() {}

        /**
         * Registers a cleanup with ranking 0: the last registered is cleaned first.
         *
         * @param cleanup the cleanup; asked for its type now
         * @return this
         * @throws IllegalArgumentException if its type is no type name, or asking for it throws
         */
        public Builder register(ResourceCleanup cleanup) {
            return register(cleanup, 0);
        }

        /**
         * Registers a cleanup. Of several for one type the last one counts.
         *
         * @param cleanup the cleanup; asked for its type now
         * @param ranking the highest is cleaned first, among equals the last registered
         * @return this
         * @throws IllegalArgumentException if its type is no type name, or asking for it throws
         */
        public Builder register(ResourceCleanup cleanup, int ranking) {
            Objects.requireNonNull(cleanup, "cleanup");
            registrations.add(new Registration(ResourceTypes.of(cleanup), cleanup, ranking));
            return this;
        }

        /**
         * Sets how long the cleanup of one type may take; five seconds if this is not called.
         *
         * @param perType more than zero
         * @return this
         */
        public Builder deadline(Duration perType) {
            settings.deadline(perType);
            return this;
        }

        /**
         * Makes the orchestrator. It needs no closing: its threads are daemons and go when they are idle.
         *
         * @return a new orchestrator
         */
        public ResourceOrchestrator build() {
            var orchestrator = new Core(settings.build()).orchestrator();
            long registration = 0;
            for (var each : registrations) {
                orchestrator.bind(new Bound(each.resourceType(), each.cleanup(), each.ranking(), registration++, ""));
            }
            return orchestrator;
        }
    }
}
