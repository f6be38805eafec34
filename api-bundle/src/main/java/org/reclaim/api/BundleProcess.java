package org.reclaim.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The process of the bundle that gets this service: whatever the bundle acquires for {@link #pid} is freed when the
 * bundle has stopped, been updated, refreshed or uninstalled, or failed to start; in the order of cleanup, and reported
 * under the bundle's name and version.
 *
 * <p>In a component of Declarative Services:
 *
 * <pre>{@code
 * @Component
 * public final class Importer {
 *     @Activate
 *     public Importer(@Reference BundleProcess self, @Reference FdManager files) throws IOException {
 *         files.open(self.pid(), Path.of("import.csv"), StandardOpenOption.READ);
 *     }                                         // nothing to close: it goes with the bundle
 * }
 * }</pre>
 *
 * <p>In an activator:
 *
 * <pre>{@code
 * public void start(BundleContext context) throws IOException {
 *     var self = context.getService(context.getServiceReference(BundleProcess.class));
 *     var files = context.getService(context.getServiceReference(FdManager.class));
 *     files.open(self.pid(), Path.of("import.csv"), StandardOpenOption.READ);
 * }                                             // stop() may close it, and need not
 * }</pre>
 *
 * <p>The rules:
 * <ul>
 *   <li>There is one process for each activation of a bundle, made when the bundle first gets the service. It belongs
 *       to the bundle, not to the service object: a component that lets go of the service and gets it again finds the
 *       same pid, and what it held is still held.
 *   <li>It ends when the bundle has stopped, after its activator's {@code stop()}, which may still use all of it. The
 *       call that stops the bundle returns when that is done. Started again, the bundle has a new process.
 *   <li>When the platform's bundle stops, all processes end, this one, too, even if the bundle stays active; the
 *       service goes. When it is back the bundle gets a new process. A framework that shuts down ends the processes of
 *       bundles as their bundles stop, after all others.
 *   <li>{@link ProcessManager#terminate} ends it like any other process; until it is started again its bundle then has
 *       none.
 *   <li>It may be the parent of others ({@link ProcessSpec#withParent}), which end with it. Processes that a bundle
 *       starts without this parent are independent of it.
 * </ul>
 *
 * <p>Bundle-scoped; only in OSGi. Thread-safe.
 */
@ProviderType
public interface BundleProcess {

    /**
     * The process's number, for managers and as a parent. Ask each time rather than keep it: it changes when the bundle
     * is started again, and a pid of a platform that was restarted meanwhile may be another process's.
     *
     * @return from 1
     * @throws ProcessEndedException if the process is ending or has ended: the platform has stopped, or somebody has
     *                               terminated it
     * @throws IllegalStateException if the bundle is not active, or the platform is stopping
     */
    long pid();
}
