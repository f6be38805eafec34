package org.reclaim.launcher;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.util.FelixConstants;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/**
 * One run of the platform: its runtime folder and its framework.
 *
 * <p>However the JVM ends, short of being killed, the framework is stopped first and the folder deleted: stopping
 * it is what ends the processes and frees what they hold. A signal ends the JVM by its shutdown hooks, so one of
 * them does the same as a regular end.
 */
final class Instance implements AutoCloseable {
    private RuntimeFolder folder;
    private Platform platform;
    private boolean closed;
    private volatile boolean shuttingDown;

    Instance() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "reclaim-shutdown"));
    }

    /**
     * Runs the platform until its command is done or its console is left.
     *
     * @return the exit status
     */
    int run(Invocation invocation) throws Exception {
        try {
            var installation = Installation.ofThisCode();
            var bundles = installation.bundles(!invocation.oneShot());
            create(installation, bundles, invocation);
            platform.start(bundles);
            if (invocation.oneShot()) {
                return platform.call(invocation.verb().command(), invocation.arguments());
            }
            platform.awaitStop();
            return 0;
        } catch (Exception e) {
            if (shuttingDown) {
                // The framework went away below us. The JVM ends with the status of the signal, not with this one.
                return 1;
            }
            throw e;
        }
    }

    private synchronized void create(Installation installation, List<Installation.Jar> bundles, Invocation invocation)
            throws IOException {
        if (closed) {
            throw new IOException("interrupted");
        }
        folder = RuntimeFolder.create();
        // System properties, too: the configuration of the log knows no others.
        System.setProperty("reclaim.home", installation.home().toString());
        System.setProperty("reclaim.runtime.dir", folder.path().toString());
        System.setProperty("reclaim.mode", invocation.oneShot() ? "command" : "console");
        if (invocation.verb() == Verb.RUN) {
            // This JVM runs that one command, so whatever outlives it and comes to us is the command's.
            System.setProperty("reclaim.orphans", "kill");
        }
        var configuration = new HashMap<String, Object>(installation.configuration());
        configuration.putAll(Map.of(
                Constants.FRAMEWORK_STORAGE, folder.path().resolve("cache").toString(),
                Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(bundles.getLast().startLevel()),
                FelixConstants.LOG_LOGGER_PROP, new FrameworkLog(System.err)));
        platform = Platform.create(configuration);
    }

    private void shutDown() {
        shuttingDown = true;
        try {
            close();
        } catch (IOException e) {
            System.err.println("reclaim: " + e.getMessage());
        }
    }

    /** Stops the framework and deletes the folder; the second of two callers waits for the first. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (platform != null) {
                platform.stop();
            }
        } catch (BundleException e) {
            throw new IOException("the framework could not be stopped: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (folder != null) {
                folder.close();
            }
        }
    }
}
