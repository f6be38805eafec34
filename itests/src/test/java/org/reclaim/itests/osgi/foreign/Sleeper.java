package org.reclaim.itests.osgi.foreign;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessSpec;

/** A plug-in with one command that runs for very long; the header {@value #SECONDS} says how long. */
public final class Sleeper implements BundleActivator {

    /** Name of the header. */
    public static final String SECONDS = "Sleeper-Seconds";

    @Override
    public void start(BundleContext context) {
        var seconds = context.getBundle().getHeaders().get(SECONDS);
        var processes = context.getService(context.getServiceReference(ProcessManager.class));
        processes.start(ProcessSpec.command("sleeper", "sleep", seconds));
    }

    @Override
    public void stop(BundleContext context) {
        // The command is left to the platform.
    }
}
