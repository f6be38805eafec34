package org.reclaim.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.framework.util.FelixConstants;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.reclaim.syscalls.SessionCalls;
import org.reclaim.syscalls.SystemCalls;

/**
 * One run of the platform: its runtime folder and its framework.
 *
 * <p>However the JVM ends, short of being killed, the framework is stopped first and the folder deleted: stopping
 * it is what ends the processes and frees what they hold. A signal ends the JVM by its shutdown hooks, so one of
 * them does the same as a regular end.
 */
final class Instance implements AutoCloseable {
    private final Installation installation;
    private final Verb verb;
    private RuntimeFolder folder;
    private Platform platform;
    private boolean closed;
    private volatile boolean shuttingDown;

    /** An instance that can do what the verb asks for. */
    Instance(Installation installation, Verb verb) {
        this.installation = installation;
        this.verb = verb;
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "reclaim-shutdown"));
    }

    /**
     * Runs the platform until its command is done, its console is left or somebody stops it.
     *
     * @return the exit status
     */
    int run(Home named, Map<String, Object> arguments) throws Exception {
        try {
            var bundles = installation.bundles(!verb.oneShot());
            create(named, bundles);
            platform.start(bundles);
            if (verb.oneShot()) {
                return platform.call(verb.command(), arguments);
            }
            announce();
            platform.awaitStop();
            return ExitStatus.OK;
        } catch (Exception e) {
            if (shuttingDown) {
                // The framework went away below us. The JVM ends with the status of the signal, not with this one.
                return ExitStatus.FAILED;
            }
            throw e;
        }
    }

    /** From here on others can talk to the platform. One that nobody sees must be whole, or it is none. */
    private void announce() throws IOException {
        if (verb.serves()) {
            platform.requireActive();
        }
        platform.announceReady();
        var socket = RuntimeFolder.socketOf(folder.path());
        if (!Files.exists(socket) && platform.isActive()) {
            var complaint = "the socket for the other commands, " + socket + ", could not be opened: see the log";
            if (verb.serves()) {
                throw new IOException(complaint);
            }
            System.err.println("reclaim: " + complaint);
        }
        // Once, while it is still small: the heap has grown by what only the start needed.
        System.gc();
    }

    private synchronized void create(Home named, List<Installation.Jar> bundles) throws IOException {
        if (closed) {
            throw new IOException("interrupted");
        }
        if (verb == Verb.DAEMON && SystemCalls.supported()) {
            // No terminal that is closed, and no key that is pressed there, ends it.
            SessionCalls.newSession();
        }
        var home = verb.oneShot() ? named : named.create();
        home.require();
        folder = RuntimeFolder.create(verb.oneShot() ? Optional.empty() : Optional.of(home));
        if (!verb.oneShot()) {
            folder.markInUse();
        }
        setSystemProperties(home);
        var configuration = new HashMap<String, Object>(installation.configuration(home));
        configuration.putAll(Map.of(
                Constants.FRAMEWORK_STORAGE, folder.path().resolve("cache").toString(),
                Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(bundles.getLast().startLevel()),
                FelixConstants.LOG_LOGGER_PROP, new FrameworkLog(System.err)));
        if (verb.serves()) {
            // The commands of the shell and what consoles are made of, but no shell: it would read our input, and stop
            // the framework at its end.
            configuration.put("gosh.args", "--nointeractive");
        }
        if (verb.oneShot()) {
            // Its storage is nobody else's, and threads that resolve a few bundles cost more than they save.
            configuration.putIfAbsent("felix.cache.locking", "false");
            configuration.putIfAbsent("felix.resolver.parallelism", "1");
        }
        platform = Platform.create(configuration);
    }

    /** System properties, because the configuration of the log knows no others. */
    private void setSystemProperties(Home home) throws IOException {
        System.setProperty("reclaim.installation", installation.home().toString());
        System.setProperty("reclaim.home", home.path().toString());
        System.setProperty("reclaim.runtime.dir", folder.path().toString());
        if (verb.serves()) {
            System.setProperty("reclaim.mode", "daemon");
            System.setProperty("reclaim.log", StartCommand.logFile(home).toString());
            // The shell's bundle makes a terminal in any case; this kind takes neither signals nor native libraries.
            System.setProperty("org.jline.terminal.provider", "dumb");
        } else {
            System.setProperty("reclaim.mode", verb.oneShot() ? "command" : "console");
            System.setProperty("reclaim.log", folder.path().resolve("reclaim.log").toString());
        }
        if (verb == Verb.DAEMON) {
            new ConsoleLog(home.logFolder()).keepSmall();
        }
        if (verb == Verb.RUN) {
            // This JVM runs that one command, so whatever outlives it and comes to us is the command's.
            System.setProperty("reclaim.orphans", "kill");
        }
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
