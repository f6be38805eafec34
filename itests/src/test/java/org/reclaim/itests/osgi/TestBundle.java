package org.reclaim.itests.osgi;

import aQute.bnd.osgi.Builder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A bundle made of a few test classes, as somebody else would build it: bnd sees these classes and the bundles of the
 * distribution, and derives imports and components. For the outside of the framework.
 */
public final class TestBundle {

    private static final Path CLASSES = Path.of("target/test-classes").toAbsolutePath();

    private final String symbolicName;
    private final List<Class<?>> classes;
    private final List<Path> classPath = new ArrayList<>();
    private final Map<String, String> headers = new LinkedHashMap<>();

    private TestBundle(String symbolicName, List<Class<?>> classes) {
        this.symbolicName = symbolicName;
        this.classes = classes;
    }

    /** Of exactly these classes: nested ones have to be named. */
    public static TestBundle of(String symbolicName, Class<?>... classes) {
        return new TestBundle(symbolicName, List.of(classes));
    }

    /** Adds a header, or a line for bnd. */
    public TestBundle with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Adds a bundle whose packages it may import, beside those of the distribution. */
    TestBundle seeing(Path bundle) {
        classPath.add(bundle);
        return this;
    }

    /** Writes {@code <symbolic name>.jar}. */
    public Path writeTo(Path folder) throws IOException {
        try (var builder = new Builder()) {
            builder.setBundleSymbolicName(symbolicName);
            builder.setBundleVersion("1.0.0");
            headers.forEach(builder::setProperty);
            builder.setProperty("-includeresource", String.join(",", resources()));
            for (var jar : Distribution.bundles()) {
                builder.addClasspath(jar.file().toFile());
            }
            for (var jar : classPath) {
                builder.addClasspath(jar.toFile());
            }
            var built = builder.build();
            if (!builder.isOk()) {
                throw new IOException(symbolicName + ": " + builder.getErrors() + builder.getWarnings());
            }
            var file = folder.resolve(symbolicName + ".jar");
            built.write(file.toFile());
            return file;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // bnd declares no less
            throw new IOException("cannot build " + symbolicName, e);
        }
    }

    private List<String> resources() {
        return classes.stream()
                .map(type -> type.getName().replace('.', '/') + ".class")
                .map(name -> name + "=" + CLASSES.resolve(name))
                .toList();
    }
}
