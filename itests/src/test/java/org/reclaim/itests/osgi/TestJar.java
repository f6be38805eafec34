package org.reclaim.itests.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A copy of a jar with other headers in its manifest. */
final class TestJar {

    private final Path original;
    private final Map<String, String> headers = new LinkedHashMap<>();

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

    /** Writes it. */
    Path writeTo(Path file) throws IOException {
        try (var in = new JarInputStream(Files.newInputStream(original), false)) {
            var manifest = in.getManifest();
            headers.forEach(manifest.getMainAttributes()::putValue);
            try (var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
                for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        in.transferTo(out);
                    }
                }
            }
        }
        return file;
    }
}
