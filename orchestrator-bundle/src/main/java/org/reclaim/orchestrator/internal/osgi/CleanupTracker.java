package org.reclaim.orchestrator.internal.osgi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ServiceProperties;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.cleanup.Orchestrator;
import org.reclaim.orchestrator.internal.table.Failures;
import org.reclaim.orchestrator.internal.table.ResourceTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds and unbinds cleanups as their services come and go, on the thread that registers or unregisters them: when that
 * call returns, the cleanup is bound or refused. Getting the service and asking for its type is foreign code; it runs
 * on a worker, with a deadline.
 */
final class CleanupTracker implements ServiceTrackerCustomizer<ResourceCleanup, CleanupTracker.Binding> {

    private static final Logger LOG = LoggerFactory.getLogger(CleanupTracker.class);

    /** A service that was accepted. */
    record Binding(Bound bound, List<String> managers) {}

    /** What the worker found out. */
    private record Candidate(ResourceCleanup cleanup, String resourceType, String limitation) {}

    private final BundleContext context;
    private final Orchestrator orchestrator;
    private final Fronts fronts;
    private final Supplier<Settings> settings;
    private final Consumer<String> beforeUnbind;
    private final ServiceTracker<ResourceCleanup, Binding> tracker;

    /**
     * Tracks nothing yet.
     *
     * @param beforeUnbind told of each type whose cleanup is about to go, while it still can be called
     */
    CleanupTracker(
            BundleContext context,
            Orchestrator orchestrator,
            Fronts fronts,
            Supplier<Settings> settings,
            Consumer<String> beforeUnbind) {
        this.beforeUnbind = beforeUnbind;
        this.context = context;
        this.orchestrator = orchestrator;
        this.fronts = fronts;
        this.settings = settings;
        tracker = new ServiceTracker<>(context, ResourceCleanup.class, this);
    }

    void open() {
        tracker.open();
    }

    void close() {
        tracker.close();
    }

    /** Null, as the tracker wants it, refuses the service. */
    @Override
    public Binding addingService(ServiceReference<ResourceCleanup> reference) {
        var candidate = candidate(reference);
        if (candidate.isEmpty()) {
            return null;
        }
        var type = candidate.get().resourceType();
        var cleanup = candidate.get().cleanup();
        var bound = new Bound(
                type,
                cleanup,
                rankingOf(reference),
                (Long) reference.getProperty(Constants.SERVICE_ID),
                nameOf(reference),
                candidate.get().limitation());
        orchestrator.bind(bound);
        var managers = new ArrayList<String>();
        for (var manager : namesOf(reference)) {
            if (fronts.bind(manager, bound, cleanup)) {
                managers.add(manager);
            }
        }
        LOG.debug("Bound {}", bound);
        return new Binding(bound, managers);
    }

    private Optional<Candidate> candidate(ServiceReference<ResourceCleanup> reference) {
        try {
            return Optional.of(orchestrator.callForeign(
                    "binding " + nameOf(reference),
                    settings.get().deadline(),
                    () -> ask(reference),
                    late -> context.ungetService(reference)));
        } catch (Exception e) {
            orchestrator.retireWorkers(); // what it has left in the thread that called it must not keep its classes
            var reason = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            var bundle = reference.getBundle();
            LOG.warn(
                    "The cleanup of {} is refused: {}. What its type holds will not be freed; it comes from {}",
                    nameOf(reference),
                    Failures.describe(reason),
                    bundle == null ? "nowhere any more" : bundle.getLocation());
            return Optional.empty();
        }
    }

    private Candidate ask(ServiceReference<ResourceCleanup> reference) {
        var cleanup = context.getService(reference);
        if (cleanup == null) {
            throw new IllegalStateException("its service could not be had (see the log for its bundle's reason)");
        }
        try {
            return new Candidate(
                    cleanup,
                    ResourceTypes.requireValid(cleanup.resourceType()),
                    ResourceTypes.limitationOf(cleanup));
        } catch (Throwable t) { // foreign code: whatever it throws refuses the service
            context.ungetService(reference);
            throw t;
        }
    }

    @Override
    public void modifiedService(ServiceReference<ResourceCleanup> reference, Binding binding) {
        orchestrator.rank(binding.bound(), rankingOf(reference));
    }

    @Override
    public void removedService(ServiceReference<ResourceCleanup> reference, Binding binding) {
        beforeUnbind.accept(binding.bound().resourceType());
        binding.managers().forEach(manager -> fronts.unbind(manager, binding.bound()));
        orchestrator.unbind(binding.bound());
        context.ungetService(reference);
        LOG.debug("Unbound {}", binding.bound());
    }

    /** The framework counts anything but an Integer as 0; so do we, but we say it. */
    private static int rankingOf(ServiceReference<?> reference) {
        var ranking = reference.getProperty(Constants.SERVICE_RANKING);
        if (ranking == null || ranking instanceof Integer) {
            return ranking == null ? 0 : (Integer) ranking;
        }
        LOG.warn(
                "The service.ranking of the cleanup of {} is '{}', a {}; it must be an Integer, and counts as 0",
                nameOf(reference),
                ranking,
                ranking.getClass().getName());
        return 0;
    }

    private static List<String> namesOf(ServiceReference<?> reference) {
        return switch (reference.getProperty(ServiceProperties.MANAGER)) {
            case null -> List.of();
            case String name -> List.of(name);
            case String[] names -> List.of(names);
            case Object other -> {
                LOG.warn(
                        "The property {} of the cleanup of {} is {}, it must be a String or String[]; it has no front",
                        ServiceProperties.MANAGER,
                        nameOf(reference),
                        other);
                yield List.of();
            }
        };
    }

    private static String nameOf(ServiceReference<?> reference) {
        var bundle = reference.getBundle();
        return bundle == null ? "a bundle that has gone" : bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
