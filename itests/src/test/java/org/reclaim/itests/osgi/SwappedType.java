package org.reclaim.itests.osgi;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/**
 * A resource bundle of the distribution in two builds that differ in version and classes: the {@code cleanup} of each
 * counts its calls under its own name.
 *
 * @param symbolicName the bundle's
 */
record SwappedType(String symbolicName) {

    static final List<SwappedType> ALL = List.of(
                    "filedescriptors", "sockets", "signals", "rings", "asynctasks", "ipc", "mappings", "memory")
            .stream()
            .map(name -> new SwappedType("org.reclaim." + name))
            .toList();

    private static final List<String> BUILDS = List.of("1.0.1", "1.0.2");
    private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
    private static final ClassDesc PROPERTIES = ClassDesc.of("java.util.Properties");
    private static final ClassDesc ADDER = ClassDesc.of("java.util.concurrent.atomic.LongAdder");
    private static final ClassDesc OBJECT = ClassDesc.of("java.lang.Object");

    /** Writes both builds. Outside of the framework. */
    void build(Path folder) throws IOException {
        var original = Distribution.jar(symbolicName);
        var component = componentClass(original) + ".class";
        for (var build : BUILDS) {
            System.getProperties().put(counter(build), new LongAdder());
            TestJar.of(original)
                    .with(Constants.BUNDLE_VERSION, build)
                    .replacing(component, bytes -> counting(bytes, counter(build)))
                    .writeTo(jar(folder, build));
        }
    }

    private Path jar(Path folder, String build) {
        return folder.resolve(symbolicName + "-" + build + ".jar");
    }

    private String counter(String build) {
        return symbolicName + " " + build;
    }

    private static String componentClass(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            var descriptor = file.getManifest().getMainAttributes().getValue("Service-Component");
            try (var xml = file.getInputStream(file.getEntry(descriptor))) {
                var text = new String(xml.readAllBytes());
                return text.replaceAll("(?s).*<implementation class=\"([^\"]+)\".*", "$1").replace('.', '/');
            }
        }
    }

    /** The same class, whose cleanup counts its calls first; only with what every class loader sees. */
    private static byte[] counting(byte[] original, String counter) {
        var file = ClassFile.of();
        var begin = CodeTransform.ofStateful(() -> new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                code.invokestatic(SYSTEM, "getProperties", MethodTypeDesc.of(PROPERTIES))
                        .loadConstant(counter)
                        .invokevirtual(PROPERTIES, "get", MethodTypeDesc.of(OBJECT, OBJECT))
                        .checkcast(ADDER)
                        .invokevirtual(ADDER, "increment", MethodTypeDesc.ofDescriptor("()V"));
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {
                code.with(element);
            }
        });
        return file.transformClass(
                file.parse(original),
                ClassTransform.transformingMethodBodies(
                        method -> method.methodName().equalsString("cleanup")
                                && method.methodType().equalsString("(J)Lorg/reclaim/api/CleanupStats;"),
                        begin));
    }

    /** In a running platform. */
    Live inPlatform(BundleContext context, Path folder) {
        return new Live(this, context, folder);
    }

    /** The bundle as it is swapped. For one thread. */
    static final class Live {

        private final SwappedType type;
        private final BundleContext context;
        private final Path folder;
        private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

        private Live(SwappedType type, BundleContext context, Path folder) {
            this.type = type;
            this.context = context;
            this.folder = folder;
        }

        /** Swaps it in one of the ways that there are. */
        void swap(Random random) throws Exception {
            var present = bundle();
            // Of the version that is there the framework would not install another one.
            var next = type.jar(folder, present.getVersion().toString().equals(BUILDS.getFirst())
                    ? BUILDS.getLast()
                    : BUILDS.getFirst());
            switch (random.nextInt(6)) {
                case 0 -> present.update(Files.newInputStream(next));
                case 1 -> {
                    present.stop();
                    present.start();
                }
                case 2 -> {
                    present.uninstall();
                    install(next).start();
                }
                case 3 -> {
                    install(next).start();
                    present.uninstall();
                }
                case 4 -> refresh(List.of(present));
                default -> disableAndEnable();
            }
            refresh(null);
            watch();
        }

        private Bundle bundle() {
            return List.of(context.getBundles()).stream()
                    .filter(bundle -> type.symbolicName.equals(bundle.getSymbolicName()))
                    .findFirst()
                    .orElseThrow();
        }

        private Bundle install(Path jar) throws BundleException, IOException {
            // A location of its own: at one that is known the framework would give back what is there.
            return context.installBundle(type.symbolicName + " " + System.nanoTime(), Files.newInputStream(jar));
        }

        /** What was updated or uninstalled stays wired until this; null for all such. */
        private void refresh(List<Bundle> bundles) throws Exception {
            var done = new CountDownLatch(1);
            context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class).refreshBundles(
                    bundles, event -> {
                        if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                            done.countDown();
                        }
                    });
            if (!done.await(60, TimeUnit.SECONDS)) {
                throw new TimeoutException("the framework did not refresh " + type);
            }
        }

        private void disableAndEnable() throws Exception {
            var runtime = context.getService(context.getServiceReference(ServiceComponentRuntime.class));
            var component = runtime.getComponentDescriptionDTOs(bundle()).iterator().next();
            runtime.disableComponent(component).getValue();
            runtime.enableComponent(component).getValue();
        }

        /** Notes the class loader that the bundle has now. */
        void watch() {
            loaders.add(new WeakReference<>(bundle().adapt(BundleWiring.class).getClassLoader()));
        }

        /** Class loaders that the bundle had before, and that are still reachable. */
        List<ClassLoader> oldLoaders() {
            System.gc();
            var present = bundle().adapt(BundleWiring.class).getClassLoader();
            return loaders.stream()
                    .map(WeakReference::get)
                    .filter(loader -> loader != null && loader != present)
                    .distinct()
                    .toList();
        }

        /** How many cleanups each build has done. */
        Map<String, Long> freedByBuild() {
            var freed = new TreeMap<String, Long>();
            for (var build : BUILDS) {
                freed.put(type.counter(build), ((LongAdder) System.getProperties().get(type.counter(build))).sum());
            }
            return freed;
        }

        @Override
        public String toString() {
            return type.symbolicName;
        }
    }
}
