package org.reclaim.itests.osgi;

import static org.ops4j.pax.exam.CoreOptions.bootDelegationPackages;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.url;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.After;
import org.junit.Before;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.TypeOutcome.Status;

/**
 * A test within the platform: the very bundles of the distribution, with its start levels and its settings, one
 * framework for each class. The test itself is a bundle, and somebody else to the platform.
 *
 * <p>{@link #configuration} and what it calls run outside of the framework, everything else within.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class PlatformTest {

    /** The types of the distribution, in the order of cleanup. */
    protected static final List<String> TYPES = List.of(
            "file_descriptors", "sockets", "signals", "rings", "async_tasks", "ipc", "mappings", "memory");

    private static final String RUNTIME = "reclaim.runtime.dir";

    private final List<Bundle> installed = new ArrayList<>();
    private PlatformLog log;

    /** Composes the framework. */
    @Configuration
    public final Option[] configuration() throws IOException {
        var runtime = newRuntimeFolder();
        prepare(runtime);
        var options = new ArrayList<Option>();
        options.add(junitBundles());
        // What tests assert and wait with comes from the class path: it is no part of the platform.
        options.add(frameworkProperty(Constants.FRAMEWORK_BUNDLE_PARENT).value(Constants.FRAMEWORK_BUNDLE_PARENT_APP));
        options.add(bootDelegationPackages(
                "org.assertj.*", "org.awaitility", "org.awaitility.*", "org.hamcrest", "org.hamcrest.*"));
        options.add(frameworkStartLevel(Distribution.startLevel()));
        Distribution.systemProperties(runtime).forEach((key, value) -> options.add(systemProperty(key).value(value)));
        // The first framework of a JVM would set its only factory of URL handlers; the next ones may not work with it.
        options.add(frameworkProperty("felix.service.urlhandlers").value("false"));
        options.add(frameworkProperty(Constants.FRAMEWORK_STORAGE).value(runtime.resolve("cache").toString()));
        var properties = new HashMap<>(Distribution.frameworkProperties(runtime));
        properties.putAll(settings());
        properties.forEach((key, value) -> options.add(frameworkProperty(key).value(value)));
        for (var jar : Distribution.bundles()) {
            options.add(url(jar.file().toUri().toString()).startLevel(jar.startLevel()));
        }
        return options.toArray(Option[]::new);
    }

    private Path newRuntimeFolder() throws IOException {
        var folder = Files.createDirectories(Path.of("target/itests").toAbsolutePath());
        var runtime = Files.createTempDirectory(folder, getClass().getSimpleName() + "-");
        Distribution.createFolders(runtime);
        return runtime;
    }

    /** Framework properties that differ from the distribution's. Outside of the framework. */
    protected Map<String, String> settings() {
        return Map.of();
    }

    /** Makes what the test needs, bundles for example. Outside of the framework. */
    protected void prepare(Path runtime) throws IOException {}

    /** The folder of this framework. */
    protected static Path runtime() {
        return Path.of(System.getProperty(RUNTIME));
    }

    /** {@link #TYPES} without one of them. */
    protected static List<String> typesWithout(String type) {
        return TYPES.stream().filter(other -> !other.equals(type)).toList();
    }

    /** The outcome of an end for each type: those named have another than {@code EMPTY}. */
    protected static List<Tuple> outcomes(Map<String, Status> notEmpty) {
        return TYPES.stream()
                .map(type -> Tuple.tuple(type, notEmpty.getOrDefault(type, Status.EMPTY)))
                .toList();
    }

    /** The test's own bundle. */
    protected static BundleContext context() {
        return FrameworkUtil.getBundle(PlatformTest.class).getBundleContext();
    }

    @Before
    public final void startLog() {
        log = PlatformLog.of(runtime()).fromNow();
    }

    /** Whatever a test left: the next one is to find the platform as it was. */
    @After
    public final void tidyUp() throws BundleException {
        processes().processes().forEach(process -> processes().terminate(process.pid()));
        for (var bundle : installed.reversed()) {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        }
    }

    /** Installs and starts a bundle that {@link #prepare} has made. It goes after the test. */
    protected final Bundle install(String symbolicName) throws BundleException {
        var bundle = context().installBundle(runtime().resolve(symbolicName + ".jar").toUri().toString());
        installed.add(bundle);
        bundle.start();
        return bundle;
    }

    /** A bundle of the platform. */
    protected static Bundle bundle(String symbolicName) {
        return Arrays.stream(context().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no bundle " + symbolicName));
    }

    /** What was logged since this test began. */
    protected final PlatformLog log() {
        return log;
    }

    protected static ProcessManager processes() {
        return service(ProcessManager.class);
    }

    /** A service of the platform, which must be there by now. */
    protected static <T> T service(Class<T> type) {
        var reference = context().getServiceReference(type);
        if (reference == null) {
            throw new AssertionError("There is no " + type.getName());
        }
        return context().getService(reference);
    }
}
