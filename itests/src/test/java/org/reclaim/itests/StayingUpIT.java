package org.reclaim.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.Constants;
import org.reclaim.itests.osgi.TestBundle;
import org.reclaim.itests.osgi.foreign.Sleeper;

/** A platform in the background, by the packed distribution: start, status, stop, exec and what can happen to them. */
public class StayingUpIT {

    private static final Duration LONG = Duration.ofMinutes(2);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path home;

    @Before
    public void chooseHome() {
        home = folder.getRoot().toPath().resolve("a home");
    }

    @Test
    public void aPlatformStartsAnswersAndStops() throws Exception {
        try (var platform = new Background(home)) {
            assertThat(platform.run("status").status()).isEqualTo(3);

            var started = platform.run("start");

            assertThat(started.status()).as(started.toString()).isZero();
            assertThat(started.err()).isEmpty();
            long pid = platform.pid();
            var log = home.resolve("log/reclaim.log");
            assertThat(started.out()).isEqualTo("reclaim: process " + pid + " is ready; its log is " + log + "\n");
            assertThat(log).content().contains("Listening on");
            assertIsDetached(pid);
            assertThat(platform.told("home")).isEqualTo(home.toString());
            assertThat(platform.told("processes")).isEqualTo("0");
            assertThat(platform.told("unsettled")).isEqualTo("0");
            var runtime = Path.of(platform.told("runtime"));
            assertThat(mode(runtime)).isEqualTo("rwx------");
            assertThat(mode(runtime.resolve("control.sock"))).isEqualTo("rw-------");
            assertThat(mode(home)).isEqualTo("rwx------");

            var stopped = platform.run("stop");

            assertThat(stopped).isEqualTo(new Reclaim.Result(0, "", ""));
            assertThat(ProcessHandle.of(pid)).isEmpty();
            assertThat(runtime).doesNotExist();
            assertThat(Files.readAllLines(log)).satisfiesExactly(
                    line -> assertThat(line).contains("Listening on " + runtime),
                    line -> assertThat(line).contains("A client asks the platform to stop"));
            assertThat(platform.run("status"))
                    .isEqualTo(new Reclaim.Result(3, "not running: " + home + "\n", ""));
            assertThat(platform.run("stop").status()).isZero();
        }
    }

    @Test
    public void aPlatformOutlivesTheTerminalThatItWasStartedOn() throws Exception {
        var program = Reclaim.INSTALLATION.resolve("bin/reclaim");
        var onTerminal = "'" + program + "' start --home '" + home + "'";
        try (var platform = new Background(home);
                // Its terminal is gone as soon as the command has ended.
                var terminal = Reclaim.startProgram("script", "-qec", onTerminal, "/dev/null")) {
            assertThat(terminal.finish().status()).isZero();
            assertIsDetached(platform.pid());
        }
        var nothingOpen = "exec " + onTerminal + " <&- >&- 2>&-";
        try (var platform = new Background(home); var closed = Reclaim.startProgram("sh", "-c", nothingOpen)) {
            assertThat(closed.finish().status()).isZero();
            assertIsDetached(platform.pid());
        }
    }

    private static void assertIsDetached(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        var session = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3];
        assertThat(session).as("its session").isEqualTo(Long.toString(pid));
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0"))).isEqualTo(Path.of("/dev/null"));
        for (var output : List.of("1", "2")) {
            assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + output)))
                    .hasFileName("console.log");
        }
    }

    @Test
    public void commandsRunInThePlatformInTheirOrderUpToTheFirstThatFails() throws Exception {
        try (var platform = new Background(home).start()) {
            var result = platform.run("exec", "x = here", "types", "echo $x to err >&2", "nonsense", "echo never");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out().lines().map(line -> line.split(" ")[0]))
                    .startsWith("here", "TYPE", "file_descriptors").doesNotContain("never");
            assertThat(result.err()).isEqualTo("here to err\nreclaim: Command not found: nonsense\n");
            assertThat(platform.runWith("some\ninput\n", "exec", "cat").out()).isEqualTo("some\ninput\n");
            assertThat(platform.run("exec", "$.context getProperty reclaim.runtime.dir").out().strip())
                    .as("the one platform").isEqualTo(platform.told("runtime"));
        }
    }

    @Test
    public void everyHomeHasAPlatformOfItsOwn() throws Exception {
        try (var one = new Background(home); var other = new Background(home.resolveSibling("other"))) {
            one.configure("reclaim.home.test = ${reclaim.home}\n");
            one.start();
            other.start();

            assertThat(one.pid()).isNotEqualTo(other.pid());
            assertThat(one.told("home")).isEqualTo(home.toString());
            assertThat(one.run("exec", "$.context getProperty reclaim.home.test").out()).isEqualTo(home + "\n");
            assertThat(other.run("exec", "$.context getProperty reclaim.home.test").out()).isEmpty();

            assertThat(one.run("stop").status()).isZero();
            assertThat(other.run("exec", "ps").status()).isZero();
            assertThat(one.run("console").status()).isEqualTo(3);
        }
    }

    @Test
    public void aSecondPlatformForTheSameHomeIsRefused() throws Exception {
        try (var platform = new Background(home).start()) {
            var refused = "reclaim: a platform of " + home + " is running already: process " + platform.pid()
                    + "; see reclaim status, attach to it by reclaim console\n";

            assertThat(platform.run("start")).isEqualTo(new Reclaim.Result(1, "", refused));
            assertThat(platform.run("start", "--foreground")).isEqualTo(new Reclaim.Result(1, "", refused));
            assertThat(platform.run()).isEqualTo(new Reclaim.Result(1, "", refused));
            assertThat(platform.run("exec", "ps").status()).isZero();
        }
    }

    @Test
    public void ofTwoStartsAtOnceOneIsRefused() throws Exception {
        try (var platform = new Background(home);
                var first = platform.begin("start");
                var second = platform.begin("start")) {
            var results = List.of(first.finish(), second.finish());

            assertThat(results).extracting(Reclaim.Result::status).containsExactlyInAnyOrder(0, 1);
            assertThat(results).filteredOn(result -> result.status() == 1).singleElement()
                    .extracting(Reclaim.Result::err).asString()
                    .startsWith("reclaim: a platform of " + home + " is running already: process " + platform.pid());
        }
    }

    @Test
    public void startAfterAKillJustWorksAndTidiesUp() throws Exception {
        try (var platform = new Background(home).start()) {
            var runtime = Path.of(platform.told("runtime"));
            var left = Files.createFile(Path.of("/dev/shm")
                    .resolve(runtime.getParent().getFileName() + "-" + runtime.getFileName() + "-queue"));
            platform.kill();
            assertThat(runtime.resolve("control.sock")).exists();
            assertThat(platform.run("status").status()).isEqualTo(3);
            assertThat(platform.run("exec", "ps").out()).as("in one of its own").isEqualTo("No process is alive.\n");

            platform.start();

            assertThat(runtime).doesNotExist();
            assertThat(left).doesNotExist();
            assertThat(Path.of(platform.told("runtime"))).isNotEqualTo(runtime);
            assertThat(platform.run("exec", "ps").status()).isZero();
        }
    }

    @Test
    public void stoppingEndsEveryProcess() throws Exception {
        var seconds = Reclaim.uniqueSeconds();
        Files.createDirectories(home.resolve("deploy"));
        var plugin = TestBundle.of("sleeper", Sleeper.class)
                .with(Constants.BUNDLE_ACTIVATOR, Sleeper.class.getName())
                .with(Sleeper.SECONDS, seconds)
                .writeTo(folder.getRoot().toPath());
        Files.move(plugin, home.resolve("deploy/sleeper.jar"));
        try (var platform = new Background(home).start()) {
            await().atMost(LONG).until(() -> Reclaim.isSleeping(seconds));
            assertThat(platform.told("processes")).isEqualTo("1");

            assertThat(platform.run("stop").status()).isZero();

            assertThat(Reclaim.isSleeping(seconds)).isFalse();
        }
    }

    @Test
    public void nothingIsLeftOfAClientThatIsKilled() throws Exception {
        try (var platform = new Background(home).start()) {
            long pid = platform.pid();
            // What Gogo and its commands load on their first use stays.
            platform.run("exec", "cat /dev/null");
            var before = Background.footprint(pid);

            try (var printing = printsWithoutEnd()) {
                await().atMost(LONG).until(() -> Background.footprint(pid).getFirst() > before.getFirst());
                // It does not read any more, and holds back its command and nobody else.
                printing.signal("STOP");
                assertThat(platform.run("exec", "ps").status()).isZero();
                printing.signal("KILL");
            }
            awaitFootprint(pid, before);

            try (var reading = platform.begin("exec", "cat")) {
                await().atMost(LONG).until(() -> Background.footprint(pid).getFirst() > before.getFirst());
                reading.signal("KILL");
            }
            awaitFootprint(pid, before);
        }
    }

    private Reclaim printsWithoutEnd() throws IOException {
        return Reclaim.startProgram(
                "sh", "-c", "exec \"$0\" exec --home \"$1\" 'while { true } { echo again }' > /dev/null",
                Reclaim.INSTALLATION.resolve("bin/reclaim").toString(), home.toString());
    }

    private static void awaitFootprint(long pid, List<Long> before) {
        await().atMost(LONG).untilAsserted(() -> {
            var now = Background.footprint(pid);
            assertThat(now.getFirst()).as("threads").isLessThanOrEqualTo(before.getFirst());
            assertThat(now.getLast()).as("descriptors").isLessThanOrEqualTo(before.getLast());
        });
    }

    @Test
    public void anInterruptedClientEndsItsCommandAndNotThePlatform() throws Exception {
        try (var platform = new Background(home).start();
                var client = Reclaim.start(List.of("env", "--default-signal=INT"), Reclaim.INSTALLATION,
                        "exec", "while { true } { echo x }", "--home", home.toString())) {
            await().atMost(LONG).until(() -> !client.out().isEmpty());

            client.signal("INT");

            assertThat(client.finish().status()).isEqualTo(128 + 2);
            assertThat(platform.run("exec", "ps").status()).isZero();
        }
    }

    @Test
    public void aBrokenConfigurationIsTheReasonThatStartTells() throws Exception {
        var reasons = Map.of(
                "reclaim.deadline.millis = soon\n",
                "The framework property reclaim.deadline.millis is 'soon': must be a whole number",
                "reclaim.test = ${no.such.thing}\n",
                home.resolve("conf/config.properties") + ": reclaim.test uses ${no.such.thing}, which is not set");
        try (var platform = new Background(home)) {
            for (var reason : reasons.entrySet()) {
                platform.configure(reason.getKey());

                var result = platform.run("start");

                assertThat(result.status()).isEqualTo(1);
                assertThat(result.out()).isEmpty();
                assertThat(result.err())
                        .startsWith("reclaim: the platform did not start: its process ended with status 1; it said:\n")
                        .contains(reason.getValue())
                        .endsWith("reclaim: more may be in " + home.resolve("log/reclaim.log") + "\n");
                assertThat(platform.run("status").status()).isEqualTo(3);
            }
            platform.configure("");
            platform.start();
        }
    }

    @Test
    public void theExampleOfAServiceStartsAPlatformThatASignalEnds() throws Exception {
        var unit = Files.readString(Reclaim.INSTALLATION.resolve("systemd/reclaim.service"))
                .replace("/opt/reclaim", Reclaim.INSTALLATION.toString())
                .replace("User=reclaim", "User=root");
        assertThat(complaintsOfSystemd(unit)).isEmpty();
        var command = unit.lines().filter(line -> line.startsWith("ExecStart=")).findFirst().orElseThrow()
                .substring("ExecStart=".length()).split(" ");
        assertThat(command).endsWith("--home", "/var/lib/reclaim");
        command[command.length - 1] = home.toString();
        var session = Files.createDirectory(folder.getRoot().toPath().resolve("run"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        assertThat(unit).contains("\nEnvironment=XDG_RUNTIME_DIR=/run/reclaim\n");
        var inItsEnvironment = Stream.concat(Stream.of("env", "XDG_RUNTIME_DIR=" + session), Arrays.stream(command))
                .toArray(String[]::new);
        try (var platform = new Background(home); var service = Reclaim.startProgram(inItsEnvironment)) {
            // Those who ask have another environment.
            await().atMost(LONG).until(() -> platform.run("status").status() == 0);
            assertThat(platform.pid()).isEqualTo(service.pid());
            assertThat(platform.run("start").err()).contains("is running already: process " + service.pid());
            var runtime = Path.of(platform.told("runtime"));
            assertThat(runtime).startsWith(session);

            service.signal("TERM");

            assertThat(service.finish()).isEqualTo(new Reclaim.Result(128 + 15, "", ""));
            assertThat(runtime).doesNotExist();
            assertThat(home.resolve("log/reclaim.log")).exists();
        }
    }

    private String complaintsOfSystemd(String unit) throws Exception {
        var file = Files.writeString(folder.getRoot().toPath().resolve("reclaim.service"), unit);
        try {
            var verify = Reclaim.startProgram("systemd-analyze", "verify", "--man=no", file.toString());
            return verify.finish().err();
        } catch (IOException e) {
            return "";   // another kind of system
        }
    }

    @Test
    public void thePlatformWithAConsoleOfItsOwnIsReachedToo() throws Exception {
        try (var platform = new Background(home); var console = platform.begin()) {
            await().atMost(LONG).until(() -> platform.run("status").status() == 0);

            assertThat(platform.run("exec", "$.context getProperty reclaim.mode").out()).isEqualTo("console\n");
            assertThat(platform.pid()).isEqualTo(console.pid());
            assertThat(platform.run("stop").status()).isZero();
            assertThat(console.finish().status()).isZero();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
