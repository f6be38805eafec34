package org.reclaim.itests.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Signs jars with a key made for it. */
final class SignedJar {

    private static final String PASSWORD = "changeit";

    private SignedJar() {}

    /** Writes a signed copy. */
    static void sign(Path jar, Path signed) throws IOException {
        var store = signed.resolveSibling("keys.p12").toString();
        run("keytool", "-genkeypair", "-keystore", store, "-storepass", PASSWORD, "-alias", "test", "-keyalg", "EC",
                "-dname", "CN=test");
        run("jarsigner", "-keystore", store, "-storepass", PASSWORD, "-signedjar", signed.toString(), jar.toString(),
                "test");
        Files.delete(Path.of(store));
    }

    private static void run(String tool, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IOException(tool + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(tool + " was interrupted", e);
        }
    }
}
