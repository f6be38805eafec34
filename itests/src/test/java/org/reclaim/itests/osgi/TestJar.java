package org.reclaim.itests.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A copy of a jar with something changed. */
final class TestJar {

    private final Path original;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<String> omitted = new ArrayList<>();
    private final Map<String, UnaryOperator<byte[]>> changes = new HashMap<>();

    private TestJar(Path original) {
        this.original = original;
    }

    static TestJar of(Path original) {
        return new TestJar(original);
    }

    /** Sets a header of the manifest. */
    TestJar with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Leaves a header out. */
    TestJar without(String header) {
        omitted.add(header);
        return this;
    }

    /** Changes bytes of one of its files. */
    TestJar patching(String entry, Consumer<byte[]> patch) {
        return replacing(entry, bytes -> {
            patch.accept(bytes);
            return bytes;
        });
    }

    /** Replaces one of its files. */
    TestJar replacing(String entry, UnaryOperator<byte[]> change) {
        changes.put(entry, change);
        return this;
    }

    /** Writes it. */
    Path writeTo(Path file) throws IOException {
        try (var in = new JarInputStream(Files.newInputStream(original), false)) {
            var manifest = in.getManifest();
            headers.forEach(manifest.getMainAttributes()::putValue);
            omitted.forEach(header -> manifest.getMainAttributes().remove(new Attributes.Name(header)));
            try (var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
                for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        var change = changes.getOrDefault(entry.getName(), UnaryOperator.identity());
                        byte[] content = change.apply(in.readAllBytes());
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        out.write(content);
                    }
                }
            }
        }
        return file;
    }
}
