package org.reclaim.itests.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.felix.framework.Felix;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.startlevel.BundleStartLevel;

/** The bundles of the distribution in a framework of the test's own, because it is going to be stopped. */
final class EmbeddedPlatform {

    private static final long STOP_MILLIS = 40_000;

    private final Path runtime;
    private final Felix framework;

    /**
     * Starts it.
     *
     * @param runtime an empty folder
     */
    EmbeddedPlatform(Path runtime) throws IOException, BundleException {
        this(runtime, Map.of(), List.of());
    }

    /**
     * Starts it.
     *
     * @param runtime  an empty folder
     * @param settings framework properties that differ from the distribution's
     * @param without  names of bundles to be left out
     */
    EmbeddedPlatform(Path runtime, Map<String, String> settings, List<String> without)
            throws IOException, BundleException {
        this.runtime = runtime;
        Distribution.createFolders(runtime);
        Distribution.systemProperties(runtime).forEach(System::setProperty);
        var properties = new HashMap<>(Distribution.frameworkProperties(runtime));
        properties.putAll(settings);
        properties.put(Constants.FRAMEWORK_STORAGE, runtime.resolve("cache").toString());
        properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(Distribution.startLevel()));
        framework = new Felix(properties);
        framework.init();
        for (var jar : Distribution.bundles()) {
            if (without.stream().anyMatch(jar.file().getFileName().toString()::startsWith)) {
                continue;
            }
            var bundle = framework.getBundleContext().installBundle(jar.file().toUri().toString());
            bundle.adapt(BundleStartLevel.class).setStartLevel(jar.startLevel());
            bundle.start();
        }
        framework.start();
    }

    /** Installs and starts a bundle, at the level of plug-ins. */
    Bundle install(TestBundle bundle) throws IOException, BundleException {
        var installed = framework.getBundleContext().installBundle(bundle.writeTo(runtime).toUri().toString());
        installed.start();
        return installed;
    }

    Bundle bundle(String symbolicName) {
        return Arrays.stream(framework.getBundleContext().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    /** A service with an interface of the JDK: all others are of other class loaders than ours. */
    <T> T service(Class<T> type, String filter) {
        try {
            // All: a service may have interfaces of the platform, too, which the framework knows that we do not see.
            var references = framework.getBundleContext().getAllServiceReferences(type.getName(), filter);
            if (references == null) {
                throw new NoSuchElementException(type.getName() + " " + filter);
            }
            return type.cast(framework.getBundleContext().getService(references[0]));
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    PlatformLog log() {
        return PlatformLog.of(runtime);
    }

    /** Stops the framework and waits for it; does nothing if that was done. */
    void stop() throws BundleException, InterruptedException {
        if (framework.getState() != Bundle.ACTIVE) {
            return;
        }
        framework.stop();
        var event = framework.waitForStop(STOP_MILLIS);
        if (event.getType() != FrameworkEvent.STOPPED) {
            throw new IllegalStateException("The framework has not stopped: event " + event.getType());
        }
    }
}
