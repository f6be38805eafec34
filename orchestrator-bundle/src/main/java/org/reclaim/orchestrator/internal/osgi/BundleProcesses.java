package org.reclaim.orchestrator.internal.osgi;

import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.reclaim.api.BundleProcess;
import org.reclaim.api.ProcessSpec;
import org.reclaim.orchestrator.internal.process.OwnProcess;
import org.reclaim.orchestrator.internal.process.Processes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of bundles, one for each activation of a bundle that asks for it.
 *
 * <p>What tells one activation from the next is the {@link BundleContext}: a bundle that is started again has another
 * one, and one that is not active has none (OSGi Core 8, chapter 10.1.6). So an entry whose context is not its bundle's
 * any more is over, whichever event it is that makes us look. Events come out of order: the next STARTING may be before
 * STOPPED, which is sent without a lock, and LAZY_ACTIVATION is the only one of a bundle that starts lazily.
 *
 * <p>And STOPPED may never come: Felix does not send it if the activator's {@code stop()} has thrown. But it always
 * releases the services that the bundle uses. So each such bundle is made to use a service of ours, whose release says
 * that the bundle is about to have stopped. The framework holds the bundle's lock then, and nobody must be waited for:
 * the end only begins there, and whoever gets STOPPED waits for it.
 */
final class BundleProcesses implements ServiceFactory<BundleProcess>, SynchronousBundleListener {

    private static final Logger LOG = LoggerFactory.getLogger(BundleProcesses.class);

    private record Activation(BundleContext context, OwnProcess process) {}

    /** What each bundle with a process is made to use. It has no other purpose. */
    private static final class StopSign {}

    private final BundleContext context;
    private final Processes processes;

    /** Under the lock. Nothing foreign is called under it. */
    private final Map<Bundle, Activation> activations = new HashMap<>();

    private ServiceReference<StopSign> stopSign;

    BundleProcesses(BundleContext context, Processes processes) {
        this.context = context;
        this.processes = processes;
    }

    /** Offers the service. */
    void open() {
        context.addBundleListener(this);
        stopSign = context.registerService(StopSign.class, new StopSigns(), null).getReference();
        context.registerService(BundleProcess.class, this, null);
    }

    /** Forgets all; to be called when all processes have been ended. */
    void close() {
        context.removeBundleListener(this);
        synchronized (activations) {
            activations.clear();
        }
    }

    @Override
    public BundleProcess getService(Bundle bundle, ServiceRegistration<BundleProcess> registration) {
        var service = new OfBundle(bundle);
        try {
            service.activation();
        } catch (IllegalStateException e) { // not active, or the platform stops: who asks for the pid is told
            LOG.debug("{} gets no process yet", bundle, e);
        }
        return service;
    }

    /**
     * What a bundle gets. It belongs to the bundle, not to one activation of it: the framework may hand it to the next
     * one, too, if a thread that nobody stopped got it when the bundle just had.
     */
    private final class OfBundle implements BundleProcess {

        private final Bundle bundle;
        private volatile Activation last;

        OfBundle(Bundle bundle) {
            this.bundle = bundle;
        }

        @Override
        public long pid() {
            return activation().process().pid();
        }

        Activation activation() {
            var present = bundle.getBundleContext();
            if (present == null) {
                throw new IllegalStateException(bundle + " is not active: it has no process");
            }
            var known = last;
            if (!isOf(present, known)) {
                known = BundleProcesses.this.activation(bundle, present);
                last = known;
            }
            return known;
        }
    }

    /** The process of a bundle that is active, made if need be. */
    private Activation activation(Bundle bundle, BundleContext present) {
        var before = find(bundle);
        if (isOf(present, before)) {
            return before;
        }
        // Without the lock: if the platform is stopping, it is ended right there.
        var made = new Activation(present, processes.startOfBundle(nameOf(bundle)));
        synchronized (activations) {
            before = activations.get(bundle);
            if (!isOf(present, before)) {
                activations.put(bundle, made);
            }
        }
        if (isOf(present, before)) {
            processes.end(made.process()); // another thread was quicker
            return before;
        }
        if (before != null) {
            processes.end(before.process()); // the bundle was restarted, and nobody has looked yet
        }
        watch(made, bundle);
        return made;
    }

    private Activation find(Bundle bundle) {
        synchronized (activations) {
            return activations.get(bundle);
        }
    }

    private static boolean isOf(BundleContext present, Activation activation) {
        return activation != null && activation.context() == present;
    }

    private void watch(Activation activation, Bundle bundle) {
        try {
            activation.context().getService(stopSign);
        } catch (IllegalStateException e) { // the framework's word for: the bundle has stopped meanwhile
            LOG.debug("{} stopped while it got its process", bundle, e);
        }
        // Looked at again, after it was entered: who has stopped it did not find it.
        endIfOver(bundle);
    }

    /** It stays: the process is the bundle's, not that of whoever in it has let go. */
    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<BundleProcess> registration, BundleProcess service) {
        LOG.trace("{} let go of its process {}", bundle, service);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        endIfOver(event.getBundle());
    }

    private void endIfOver(Bundle bundle) {
        Activation over;
        synchronized (activations) {
            over = activations.get(bundle);
            if (over == null || isOf(bundle.getBundleContext(), over)) {
                return;
            }
            // Before it is ended: a bundle that is started again meanwhile gets another one.
            activations.remove(bundle);
        }
        processes.end(over.process());
    }

    /** Names of bundles without a symbolic name, and very long ones, are possible. */
    private static String nameOf(Bundle bundle) {
        var name = bundle.getSymbolicName() == null
                ? "bundle " + bundle.getBundleId()
                : bundle.getSymbolicName() + " " + bundle.getVersion();
        return name.length() <= ProcessSpec.MAX_NAME_LENGTH ? name : name.substring(0, ProcessSpec.MAX_NAME_LENGTH);
    }

    /** Told when the framework releases what a bundle has used, because it stops. */
    private final class StopSigns implements ServiceFactory<StopSign> {

        @Override
        public StopSign getService(Bundle bundle, ServiceRegistration<StopSign> registration) {
            return new StopSign();
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<StopSign> registration, StopSign service) {
            var over = find(bundle);
            if (over != null && !isOf(bundle.getBundleContext(), over)) {
                processes.beginEnd(over.process());
            }
        }
    }
}
