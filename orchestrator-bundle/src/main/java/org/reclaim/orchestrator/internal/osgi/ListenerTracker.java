package org.reclaim.orchestrator.internal.osgi;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.reclaim.api.ProcessListener;
import org.reclaim.orchestrator.internal.process.Listeners;

/** Has every {@link ProcessListener} service told of transitions, as long as it is there. */
final class ListenerTracker extends ServiceTracker<ProcessListener, ProcessListener> {

    private final Listeners listeners;

    ListenerTracker(BundleContext context, Listeners listeners) {
        super(context, ProcessListener.class, null);
        this.listeners = listeners;
    }

    @Override
    public ProcessListener addingService(ServiceReference<ProcessListener> reference) {
        var listener = super.addingService(reference);
        if (listener != null) { // else its factory has none, or it has just gone
            listeners.add(listener);
        }
        return listener;
    }

    @Override
    public void removedService(ServiceReference<ProcessListener> reference, ProcessListener listener) {
        listeners.remove(listener);
        super.removedService(reference, listener);
    }
}
