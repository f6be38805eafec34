package org.reclaim.orchestrator.internal.osgi;

import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.cm.ManagedService;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTables;
import org.reclaim.orchestrator.internal.Core;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.process.Processes;
import org.reclaim.orchestrator.internal.table.OpenerTables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns the core: builds and registers it, and ends all processes before anything of it goes. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class Activator implements BundleActivator {

    private static final Logger LOG = LoggerFactory.getLogger(Activator.class);

    private Core core;
    private Commands commands;
    private Processes processes;
    private Fronts fronts;
    private CleanupTracker cleanups;
    private StopListener stopListener;
    private BundleProcesses bundleProcesses;
    private FrameworkListener startListener;
    private ListenerTracker listeners;

    @Override
    public void start(BundleContext context) {
        var settings = new PlatformProperties(context::getProperty).read();
        core = new Core(settings);
        commands = new Commands(settings.orphans());
        processes = core.newProcesses(commands);
        fronts = new Fronts(context, core::settings);
        stopListener = new StopListener(context, processes, core.orchestrator());
        context.addBundleListener(stopListener);
        cleanups = new CleanupTracker(context, core.orchestrator(), fronts, core::settings, this::typeGoes);
        cleanups.open();
        context.registerService(ResourceInventory.class, core.inventory(), null);
        context.registerService(ResourceOrchestrator.class, core.orchestrator(), null);
        context.registerService(ProcessManager.class, processes, null);
        context.registerService(ProcessScheduler.class, processes.scheduler(), null);
        listeners = new ListenerTracker(context, processes.listeners());
        listeners.open();
        bundleProcesses = new BundleProcesses(context, processes);
        bundleProcesses.open();
        // Last: from here on resource bundles become active and publish their cleanups.
        context.registerService(ResourceTables.class, new TablesFactory(), null);
        offerConfiguration(context);
        offerStopDeadline(context);
        awaitFramework(context);
    }

    /** As it is now, for those who wait for the stop; the launcher, which shares no types with bundles, is one. */
    private void offerStopDeadline(BundleContext context) {
        LongSupplier millis = () -> core.settings().stopDeadline().toMillis();
        var properties = new Hashtable<>(Map.of("reclaim.setting", "stop.deadline.millis"));
        context.registerService(LongSupplier.class, millis, properties);
    }

    private void offerConfiguration(BundleContext context) {
        try {
            var properties = new Hashtable<>(Map.of(Constants.SERVICE_PID, ConfiguredSettings.PID));
            context.registerService(ManagedService.class, new ConfiguredSettings(core), properties);
        } catch (NoClassDefFoundError e) { // an optional import: without Configuration Admin there are no such classes
            LOG.info("There is no Configuration Admin: the settings stay as they are at the boot");
        }
    }

    /** A boot may be slow: what is missing is no news before the framework has started all that it has to. */
    private void awaitFramework(BundleContext context) {
        startListener = event -> {
            if (event.getType() == FrameworkEvent.STARTED) {
                core.orchestrator().started();
            }
        };
        context.addFrameworkListener(startListener);
        // After the listener is there, so that one of the two notices; both do no harm.
        if (context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState() == Bundle.ACTIVE) {
            core.orchestrator().started();
        }
    }

    /**
     * While the framework stops, bundles stop one by one: one that offers a type may do so before one that holds
     * something of it in its own name, which must be freed by then.
     */
    private void typeGoes(String resourceType) {
        var table = core.tables().find(resourceType);
        if (table.isPresent()) {
            processes.endBundlesIfStopping(process -> {
                var holding = table.get().holding(process);
                return holding != null && !holding.isEmpty();
            });
        }
    }

    /** Ends everything first: now the services of all other bundles are still there. */
    @Override
    public void stop(BundleContext context) {
        var left = processes.stop();
        core.orchestrator().stopping();
        var unsettled = core.inventory().unsettled();
        if (!left.isEmpty()) {
            LOG.warn("The platform stops, but these processes have not ended yet: {}", Core.describe(left));
        }
        unsettled.forEach(pair -> LOG.warn(
                "The platform stops, and {} of process {} was not freed: {} {}",
                pair.resourceType(),
                pair.pid(),
                pair.status(),
                pair.detail()));
        context.removeBundleListener(stopListener);
        bundleProcesses.close();
        listeners.close();
        context.removeFrameworkListener(startListener);
        cleanups.close();
        fronts.close();
        commands.close();
        core.close();
        // The services are unregistered by the framework, after this.
    }

    /** Gives each bundle tables in its own name, and detaches it when it stops or lets go of the service. */
    private final class TablesFactory implements ServiceFactory<ResourceTables> {

        @Override
        public ResourceTables getService(Bundle bundle, ServiceRegistration<ResourceTables> registration) {
            var wiring = Optional.ofNullable(bundle.adapt(BundleWiring.class));
            return core.tables().forOpener(wiring.map(BundleWiring::getClassLoader));
        }

        @Override
        public void ungetService(
                Bundle bundle, ServiceRegistration<ResourceTables> registration, ResourceTables service) {
            ((OpenerTables) service).close();
        }
    }
}
