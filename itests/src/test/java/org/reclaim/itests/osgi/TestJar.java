package org.reclaim.itests.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A copy of a jar with other headers in its manifest, or other files. */
final class TestJar {

    private final Path original;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, UnaryOperator<byte[]>> changes = new HashMap<>();

    private TestJar(Path original) {
        this.original = original;
    }

    static TestJar of(Path original) {
        return new TestJar(original);
    }

    /** Sets a header. */
    TestJar with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Changes one of its files. */
    TestJar replacing(String entry, UnaryOperator<byte[]> change) {
        changes.put(entry, change);
        return this;
    }

    /** Writes it. */
    Path writeTo(Path file) throws IOException {
        try (var in = new JarInputStream(Files.newInputStream(original), false)) {
            var manifest = in.getManifest();
            headers.forEach(manifest.getMainAttributes()::putValue);
            try (var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
                for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        var change = changes.getOrDefault(entry.getName(), UnaryOperator.identity());
                        out.write(change.apply(in.readAllBytes()));
                    }
                }
            }
        }
        return file;
    }
}
