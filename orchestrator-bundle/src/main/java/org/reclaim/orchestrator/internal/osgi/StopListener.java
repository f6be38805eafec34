package org.reclaim.orchestrator.internal.osgi;

import java.util.Arrays;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.reclaim.orchestrator.internal.Core;
import org.reclaim.orchestrator.internal.cleanup.Orchestrator;
import org.reclaim.orchestrator.internal.process.Processes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends all processes but those of bundles when the framework begins to stop, or the bundle that runs the components
 * does: synchronously, so while all cleanups are still there. Processes of bundles end as their bundles stop, see
 * {@link BundleProcesses}. Stopping the orchestrator bundle itself is the activator's business.
 */
final class StopListener implements SynchronousBundleListener {

    private static final Logger LOG = LoggerFactory.getLogger(StopListener.class);

    /** By name: Declarative Services need not be there. */
    private static final String COMPONENT_RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";

    private final Bundle own;
    private final Processes processes;
    private final Orchestrator orchestrator;

    StopListener(BundleContext context, Processes processes, Orchestrator orchestrator) {
        this.own = context.getBundle();
        this.processes = processes;
        this.orchestrator = orchestrator;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        var bundle = event.getBundle();
        if (event.getType() != BundleEvent.STOPPING || bundle.equals(own)) {
            return;
        }
        if (bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            processes.beginStop();
            orchestrator.stopping();
        } else if (runsComponents(bundle)) {
            // Types may come back with it, so new processes are not refused.
            var left = processes.endAllButBundles();
            if (!left.isEmpty()) {
                LOG.warn("{} stops, but these processes have not ended yet: {}", bundle, Core.describe(left));
            }
        }
    }

    private static boolean runsComponents(Bundle bundle) {
        return Optional.ofNullable(bundle.getRegisteredServices()).stream()
                .flatMap(Arrays::stream)
                .anyMatch(StopListener::isComponentRuntime);
    }

    private static boolean isComponentRuntime(ServiceReference<?> service) {
        return Arrays.asList((String[]) service.getProperty(Constants.OBJECTCLASS)).contains(COMPONENT_RUNTIME);
    }
}
