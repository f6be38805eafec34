package org.reclaim.orchestrator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.reclaim.api.ProcessListener;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.Embedded;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.table.ResourceTypes;

/**
 * Builds the platform on a plain class path, without OSGi.
 *
 * <pre>{@code
 * try (var reclaim = ProcessManagers.builder().build()) {
 *     var process = reclaim.start(ProcessSpec.logical("import"));
 *     var file = reclaim.manager(FdManager.class).open(process.pid(), path, READ);
 *     ...
 *     reclaim.terminate(process.pid());              // closes the file, and all else that it holds
 * }
 * }</pre>
 */
public final class ProcessManagers {

    private ProcessManagers() {}

    /**
     * Begins one with all resource types whose providers are on the class path.
     *
     * @return a builder, for one thread
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects what a platform is made of. For one thread. */
    public static final class Builder {

        private final List<ResourceTypeProvider> added = new ArrayList<>();
        private final Set<String> left = new LinkedHashSet<>();
        private final List<ProcessListener> listeners = new ArrayList<>();
        private final SettingsBuilder settings = new SettingsBuilder(Settings.DEFAULT);
        private Optional<ResourceOrchestrator> orchestrator = Optional.empty();

        private Builder() {}

        /**
         * Adds a resource type. It replaces one of the same name that is on the class path.
         *
         * @param provider makes its cleanup and managers
         * @return this
         */
        public Builder with(ResourceTypeProvider provider) {
            ResourceTypes.requireValid(provider.resourceType());
            added.add(provider);
            return this;
        }

        /**
         * Leaves a resource type out.
         *
         * @param resourceType its name
         * @return this
         */
        public Builder without(String resourceType) {
            left.add(ResourceTypes.requireValid(resourceType));
            return this;
        }

        /**
         * Uses a given orchestrator instead of the automatic one. Then there are no resource types but those that it
         * knows, and no managers.
         *
         * @param given cleans the processes
         * @return this
         */
        public Builder withOrchestrator(ResourceOrchestrator given) {
            orchestrator = Optional.of(given);
            return this;
        }

        /**
         * Limits a resource type. Off-heap memory is limited to the maximum heap size if this is not called.
         *
         * @param resourceType its name
         * @param limits       how much may be held
         * @return this
         */
        public Builder limits(String resourceType, ResourceLimits limits) {
            settings.limits(resourceType, limits);
            return this;
        }

        /**
         * Limits the number of processes.
         *
         * @param children how many children one process may have, from 0
         * @param inTotal  how many processes may be alive, from 0
         * @return this
         */
        public Builder processLimits(long children, long inTotal) {
            settings.childrenPerProcess(children);
            settings.processesInTotal(inTotal);
            return this;
        }

        /**
         * Limits how many tasks and commands run at a time; the others wait. There is no limit if this is not called.
         *
         * @param number from 1 to a million, or {@link ProcessScheduler#NO_LIMIT}
         * @param policy who gets the next place
         * @return this
         */
        public Builder places(int number, SchedulingPolicy policy) {
            settings.places(number);
            settings.policy(policy);
            return this;
        }

        /**
         * Sets how long a process has to wait for its priority to count as one higher; ten seconds if this is not
         * called.
         *
         * @param duration more than zero, at most a day
         * @return this
         */
        public Builder ageing(Duration duration) {
            settings.ageing(duration);
            return this;
        }

        /**
         * Has a listener told of every change of the state of a process.
         *
         * @param listener gets a thread of its own
         * @return this
         */
        public Builder listener(ProcessListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Sets how long the cleanup of one type may take; five seconds if this is not called.
         *
         * @param perType more than zero, at most a day
         * @return this
         */
        public Builder deadline(Duration perType) {
            settings.deadline(perType);
            return this;
        }

        /**
         * Sets how long tasks and commands may take to stop; five seconds if this is not called.
         *
         * @param duration from zero to a day
         * @return this
         */
        public Builder grace(Duration duration) {
            settings.grace(duration);
            return this;
        }

        /**
         * Sets how long closing the platform may take; half a minute if this is not called.
         *
         * @param duration more than zero, at most a day
         * @return this
         */
        public Builder stopDeadline(Duration duration) {
            settings.stopDeadline(duration);
            return this;
        }

        /**
         * Sets how many ends are remembered; 1,000 if this is not called.
         *
         * @param ends from 1 to a million
         * @return this
         */
        public Builder historySize(int ends) {
            settings.historySize(ends);
            return this;
        }

        /**
         * Sets what happens to processes that outlive the command that started them; {@link OrphanPolicy#IGNORE} if
         * this is not called, because the others change the whole JVM.
         *
         * @param policy what happens
         * @return this
         */
        public Builder orphans(OrphanPolicy policy) {
            settings.orphans(policy);
            return this;
        }

        /**
         * Makes the platform. Types are looked for by the context class loader.
         *
         * @return a new platform, to be closed
         * @throws IllegalArgumentException if a type to leave out is not there, or a provider and its cleanup disagree
         * @throws IllegalStateException    if types were added and an orchestrator was given
         */
        public EmbeddedProcessManager build() {
            if (orchestrator.isPresent()) {
                if (!added.isEmpty() || !left.isEmpty()) {
                    throw new IllegalStateException(
                            "withOrchestrator was called: it brings its own types, with and without do not apply");
                }
                return new Embedded(settings.build(), orchestrator.get()).listening(listeners);
            }
            return new Embedded(settings.build(), List.copyOf(chosen().values())).listening(listeners);
        }

        private Map<String, ResourceTypeProvider> chosen() {
            var chosen = new LinkedHashMap<String, ResourceTypeProvider>();
            ServiceLoader.load(ResourceTypeProvider.class)
                    .forEach(found -> chosen.put(ResourceTypes.requireValid(found.resourceType()), found));
            added.forEach(provider -> chosen.put(provider.resourceType(), provider));
            for (var type : left) {
                if (chosen.remove(type) == null) {
                    throw new IllegalArgumentException(
                            "without(\"" + type + "\"): there is no such type, only " + chosen.keySet());
                }
            }
            return chosen;
        }
    }
}
