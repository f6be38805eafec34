package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    @TempDir
    private Path temp;

    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        installation = new Installation(Files.createDirectory(temp.resolve("installation")));
    }

    @Test
    void isTheInstallationIfNoneIsNamed() throws IOException {
        var home = Home.of(Optional.empty(), installation).create();

        assertThat(home.path()).isEqualTo(installation.home().toRealPath());
        assertThat(home.named()).isFalse();
        assertThat(installation.home()).isEmptyDirectory();
    }

    @Test
    void isTheInstallationAlsoIfThatIsNamed() throws IOException {
        assertThat(Home.of(Optional.of(installation.home()), installation).named()).isFalse();
    }

    @Test
    void isCreatedForItsOwnerOnlyWithWhatIsMissing() throws IOException {
        var home = Home.of(Optional.of(temp.resolve("a/b")), installation).create();

        assertThat(home.path()).isEqualTo(temp.toRealPath().resolve("a/b"));
        assertThat(mode(home.path())).isEqualTo("rwx------");
        assertThat(mode(home.path().resolve("deploy"))).isEqualTo("rwx------");
        assertThat(mode(home.path().resolve("conf/etc"))).isEqualTo("rwx------");
        assertThat(mode(home.logFolder())).isEqualTo("rwx------");
        assertThat(home.logFolder()).isEqualTo(home.path().resolve("log"));
    }

    @Test
    void eachInstallationHasAFolderOfItsOwnWhereTheSystemWantsIt() throws IOException {
        var twin = new Installation(Files.createDirectories(temp.resolve("elsewhere/installation")));

        var folder = Home.of(Optional.empty(), installation).ownFolder().orElseThrow();

        assertThat(folder.getFileName().toString()).matches("installation-[0-9a-f]{8}");
        assertThat(folder.getParent().getFileName()).hasToString("reclaim");
        assertThat(Home.of(Optional.empty(), installation).ownFolder()).contains(folder);
        assertThat(Home.of(Optional.empty(), twin).ownFolder().orElseThrow())
                .isNotEqualTo(folder).hasParentRaw(folder.getParent());
        assertThat(new Home(temp.resolve("a name"), false).ownFolder().orElseThrow().getFileName().toString())
                .matches("a_name-[0-9a-f]{8}");
    }

    @Test
    void isTheSameByEveryName() throws IOException {
        var real = Home.of(Optional.of(temp.resolve("real")), installation).create();
        var link = Files.createSymbolicLink(temp.resolve("link"), real.path());

        assertThat(Home.of(Optional.of(link), installation)).isEqualTo(real);
        assertThat(Home.of(Optional.of(temp.resolve("x/../real/.")), installation)).isEqualTo(real);
    }

    @Test
    void isNotCreatedByWhoOnlyNeedsIt() throws IOException {
        var home = Home.of(Optional.of(temp.resolve("nowhere")), installation);

        assertThatIOException().isThrownBy(home::require)
                .withMessageStartingWith("there is no home " + home.path() + "; reclaim start --home");
        assertThat(home.path()).doesNotExist();
    }

    @Test
    void isNoFile() throws IOException {
        var file = Files.createFile(temp.resolve("file"));

        assertThatIOException().isThrownBy(() -> Home.of(Optional.of(file), installation))
                .withMessageEndingWith("file is no folder");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
