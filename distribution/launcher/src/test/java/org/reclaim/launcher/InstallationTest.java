package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
    @TempDir
    private Path home;

    @AfterEach
    void forgetProperties() {
        System.clearProperty("reclaim.test");
        System.clearProperty("other.test");
    }

    @Test
    void ordersBundlesByTheNumberOfTheirFolderThenByName() throws IOException {
        bundle("10-last/z.jar");
        bundle("2-services/b.jar");
        bundle("2-services/a.jar");
        bundle("2-services/notes.txt");
        bundle("1-logging/y.jar");
        bundle("unnumbered/x.jar");

        var bundles = new Installation(home).bundles(true);

        assertThat(bundles).extracting(jar -> jar.jar().getFileName().toString())
                .containsExactly("y.jar", "a.jar", "b.jar", "z.jar");
        assertThat(bundles).extracting(Installation.Jar::startLevel).containsExactly(1, 2, 2, 10);
    }

    @Test
    void leavesTheShellOutWhereThereIsNoConsole() throws IOException {
        bundle("1-logging/y.jar");
        bundle("7-shell/shell.jar");

        assertThat(new Installation(home).bundles(true)).hasSize(2);
        assertThat(new Installation(home).bundles(false)).hasSize(1);
    }

    @Test
    void saysWhereBundlesAreMissing() throws IOException {
        Files.createDirectory(home.resolve("bundles"));

        assertThatIOException().isThrownBy(() -> new Installation(home).bundles(true))
                .withMessage("no bundles in " + home.resolve("bundles"));
    }

    @Test
    void replacesVariablesBySystemProperties() throws IOException {
        System.setProperty("other.test", "$1 \\ value");
        configure("folder = ${other.test}/deploy/${other.test}  \n");

        assertThat(new Installation(home).configuration(itself()))
                .containsEntry("folder", "$1 \\ value/deploy/$1 \\ value");
    }

    @Test
    void refusesAnUnknownVariable() throws IOException {
        configure("folder = ${no.such.test}\n");

        assertThatIOException().isThrownBy(() -> new Installation(home).configuration(itself()))
                .withMessageEndingWith("config.properties: folder uses ${no.such.test}, which is not set");
    }

    @Test
    void letsSystemPropertiesWin() throws IOException {
        System.setProperty("reclaim.test", "given");
        System.setProperty("other.test", "given");
        configure("other.test = file\n");

        assertThat(new Installation(home).configuration(itself()))
                .containsEntry("reclaim.test", "given")
                .containsEntry("other.test", "given")
                .doesNotContainKey("java.version");
    }

    @Test
    void letsTheHomeWinOverTheInstallation() throws IOException {
        configure("a.test = installation\nb.test = installation\n");
        var own = Files.createDirectories(home.resolve("home/conf")).resolve("config.properties");
        Files.writeString(own, "b.test = home\nc.test = ${no.such.test}\n");
        var installation = new Installation(home);
        var instance = new Home(home.resolve("home"), true);

        assertThat(installation.setting(instance, "a.test")).isEqualTo("installation");
        assertThat(installation.setting(instance, "b.test")).isEqualTo("home");
        assertThat(installation.setting(instance, "d.test")).isEmpty();
        assertThatIOException().isThrownBy(() -> installation.configuration(instance))
                .withMessage(own + ": c.test uses ${no.such.test}, which is not set");
    }

    private Home itself() {
        return new Home(home, false);
    }

    private void bundle(String name) throws IOException {
        var file = home.resolve("bundles").resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }

    private void configure(String text) throws IOException {
        Files.writeString(Files.createDirectory(home.resolve("conf")).resolve("config.properties"), text);
    }
}
