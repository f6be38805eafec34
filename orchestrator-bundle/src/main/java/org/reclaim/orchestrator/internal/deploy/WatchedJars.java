package org.reclaim.orchestrator.internal.deploy;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which bundles come and go, and why a jar in a watched folder is not installed, or is not what it seems: File
 * Install passes over what is no bundle without a word, and takes a bundle away whose file has been overwritten by one;
 * and Felix does not look at signatures.
 *
 * <p>It never takes a file: who takes one keeps it, and a jar that was half there would not be looked at again when it
 * is complete. Without File Install nobody asks for this service, so its classes need not be there.
 */
@Component(service = ArtifactInstaller.class)
public final class WatchedJars implements ArtifactInstaller, BundleListener {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedJars.class);

    /** A file is asked for at each look at the folder: what has been said of it as it is now. */
    private final Map<File, Long> said = new ConcurrentHashMap<>();

    private final BundleContext context;

    /**
     * Looks at bundles that go.
     *
     * @param context of this bundle
     */
    @Activate
    public WatchedJars(BundleContext context) {
        this.context = context;
        context.addBundleListener(this);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(this);
    }

    /** Asked for each new or changed file, and over and over for those that nobody takes. */
    @Override
    public boolean canHandle(File file) {
        said.keySet().removeIf(known -> !known.exists());
        if (file.getName().endsWith(".jar")) {
            problem(file).ifPresent(problem -> say(file, problem));
        }
        return false;
    }

    /** File Install does not ask for a file that replaces one which it knows. */
    @Override
    public void bundleChanged(BundleEvent event) {
        var bundle = event.getBundle();
        fileOf(bundle).ifPresent(file -> {
            switch (event.getType()) {
                case BundleEvent.INSTALLED -> arrived("Installed", bundle, file);
                case BundleEvent.UPDATED -> arrived("Updated", bundle, file);
                case BundleEvent.UNINSTALLED -> {
                    LOG.info("Uninstalled {} {} from {}", bundle.getSymbolicName(), bundle.getVersion(), file);
                    canHandle(file);
                }
                default -> {
                    // Says nothing about its file.
                }
            }
        });
    }

    private static void arrived(String how, Bundle bundle, File file) {
        LOG.info("{} {} {} from {}", how, bundle.getSymbolicName(), bundle.getVersion(), file);
        wrongSignature(file).ifPresent(problem -> LOG.warn(
                "{} is wrongly signed: {}. No bundle need be signed, so it counts as not signed", file, problem));
    }

    /** The jar that a bundle was installed from. */
    private static Optional<File> fileOf(Bundle bundle) {
        var location = bundle.getLocation();
        if (!location.startsWith("file:") || !location.endsWith(".jar")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new File(URI.create(location)));
        } catch (IllegalArgumentException e) { // a location may be any text
            LOG.trace("{} is no file", location, e);
            return Optional.empty();
        }
    }

    /** Empty if it is signed rightly, or not at all. */
    private static Optional<String> wrongSignature(File file) {
        try (var jar = new JarFile(file)) {
            for (var entry : Collections.list(jar.entries())) {
                try (var content = jar.getInputStream(entry)) {
                    content.transferTo(OutputStream.nullOutputStream()); // at its end the digest is compared
                }
            }
            return Optional.empty();
        } catch (SecurityException e) {
            return Optional.of(Failures.describe(e));
        } catch (IOException | RuntimeException e) { // not there any more, or half there
            LOG.debug("{} can't be read", file, e);
            return Optional.empty();
        }
    }

    private void say(File file, String problem) {
        Long state = 31 * file.lastModified() + file.length();
        if (!state.equals(said.put(file, state))) {
            LOG.warn("{} is no bundle, and is not installed: {}", file, problem);
        }
    }

    /** Empty if it is a bundle, or not there any more. */
    private static Optional<String> problem(File file) {
        try (var jar = new JarFile(file)) {
            var manifest = jar.getManifest();
            if (manifest == null) {
                return Optional.of("it has no META-INF/MANIFEST.MF");
            }
            return manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME) == null
                    ? Optional.of("its manifest has no " + Constants.BUNDLE_SYMBOLICNAME)
                    : Optional.empty();
        } catch (IOException | RuntimeException e) { // a broken zip may throw what it likes
            return file.exists() ? Optional.of(Failures.describe(e)) : Optional.empty();
        }
    }

    @Override
    public void install(File file) {
        throw notTaken(file);
    }

    @Override
    public void update(File file) {
        throw notTaken(file);
    }

    @Override
    public void uninstall(File file) {
        throw notTaken(file);
    }

    private static IllegalStateException notTaken(File file) {
        return new IllegalStateException(file + " was never taken");
    }
}
