package org.reclaim.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.felix.framework.Felix;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.condition.Condition;
import org.osgi.util.tracker.ServiceTracker;

/** A running OSGi framework with the bundles of an installation. */
final class Platform {
    private static final long COMMAND_MILLIS = 10_000;

    /** The id of the condition that all bundles have been started. */
    private static final String READY = "org.reclaim.ready";

    private final Felix framework;
    private final String stopDeadline;
    private final List<Bundle> installed = new ArrayList<>();
    private boolean stopped;

    private Platform(Felix framework, String stopDeadline) {
        this.framework = framework;
        this.stopDeadline = stopDeadline;
    }

    /**
     * Prepares a framework: it is there and can be stopped, but nothing runs.
     *
     * @param configuration the framework properties; the storage area among them must be this instance's own
     */
    static Platform create(Map<String, Object> configuration) {
        return new Platform(new Felix(configuration), configuration.getOrDefault(StopDeadline.PROPERTY, "").toString());
    }

    /** Installs and starts the bundles; returns when the highest of their start levels is reached. */
    void start(List<Installation.Jar> jars) throws BundleException {
        install(jars);
        framework.start();
    }

    /** Not while it is being stopped: a framework that is not there yet cannot be, and would come after all. */
    private synchronized void install(List<Installation.Jar> jars) throws BundleException {
        if (stopped) {
            throw new BundleException("stopped before it was started");
        }
        framework.init();
        var context = framework.getBundleContext();
        for (var jar : jars) {
            // By reference: the framework reads the jar where it is, instead of copying it into its storage.
            var bundle = context.installBundle("reference:" + jar.jar().toUri());
            installed.add(bundle);
            bundle.adapt(BundleStartLevel.class).setStartLevel(jar.startLevel());
            if (!isFragment(bundle)) {
                // Marks it only: it starts when the framework gets to its level.
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        }
    }

    /**
     * Has the platform carry out a command of the command line.
     *
     * @return the exit status
     * @throws IOException if no bundle offers the command within ten seconds
     */
    int call(String command, Map<String, Object> arguments) throws Exception {
        var context = framework.getBundleContext();
        if (framework.getState() != Bundle.ACTIVE) {
            throw new IOException("the platform stopped while it was starting");
        }
        var filter = FrameworkUtil.createFilter("(&(" + Constants.OBJECTCLASS + "=" + Function.class.getName()
                + ")(reclaim.command=" + command + "))");
        var tracker = new ServiceTracker<Function<Map<String, Object>, Integer>, Object>(context, filter, null);
        tracker.open();
        try {
            tracker.waitForService(COMMAND_MILLIS);
            var reference = tracker.getServiceReference();
            if (reference == null) {
                throw new IOException("nothing offers the command '" + command + "': " + inactive(context));
            }
            return context.getService(reference).apply(arguments);
        } finally {
            tracker.close();
        }
    }

    /**
     * Checks that every bundle of the installation runs. Those of {@code deploy/} are the user's, who may mend them
     * while the platform runs.
     *
     * @throws IOException if one does not; the framework has said why when it tried
     */
    void requireActive() throws IOException {
        var inactive = new ArrayList<String>();
        for (var bundle : installed) {
            if (bundle.getState() != Bundle.ACTIVE && !isFragment(bundle)) {
                inactive.add(bundle.getSymbolicName());
            }
        }
        if (!isActive()) {
            throw new IOException("the platform stopped while it was starting");
        }
        if (!inactive.isEmpty()) {
            throw new IOException("these bundles could not be started: " + String.join(", ", inactive));
        }
    }

    /** Lets those bundles begin that wait until all is there, such as the one that listens to other programs. */
    void announceReady() {
        var context = framework.getBundleContext();
        if (context == null) {
            return;   // It has been stopped already: by a shell without input, for one.
        }
        try {
            context.registerService(Condition.class, Condition.INSTANCE,
                    FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, READY)));
        } catch (IllegalStateException e) {
            // It is being stopped.
            return;
        }
    }

    /** Whether it has been started and not been stopped. */
    boolean isActive() {
        return framework.getState() == Bundle.ACTIVE;
    }

    /** Waits until somebody, the console for one, has stopped the framework. */
    void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /**
     * Stops the framework and waits for it; if its start is under way, that ends early.
     *
     * @throws BundleException if it cannot be stopped, or is not within {@link StopDeadline}
     */
    void stop() throws BundleException, InterruptedException {
        synchronized (this) {
            stopped = true;
        }
        long millis = StopDeadline.withMargin(framework.getBundleContext(), stopDeadline);
        framework.stop();
        if (framework.waitForStop(millis).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
            throw new BundleException("not within " + millis + " ms; its log says what holds it up");
        }
    }

    private static String inactive(BundleContext context) {
        var names = new ArrayList<String>();
        for (var bundle : context.getBundles()) {
            if (bundle.getState() != Bundle.ACTIVE && !isFragment(bundle)) {
                names.add(bundle.getSymbolicName());
            }
        }
        return names.isEmpty() ? "all bundles are active" : "not active are " + String.join(", ", names);
    }

    private static boolean isFragment(Bundle bundle) {
        return (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }
}
