package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.signal.PosixSignal;

/** Which signals the JVM needs depends on how it was started: asked of other JVMs, started in other ways. */
class ReservedSignalsTest {

    @Test
    void withoutTheVariableHotSpotSuspendsThreadsWithUsr2() {
        var reserved = new ReservedSignals(Optional.empty());

        assertThat(reserved.reason(PosixSignal.USR2)).get().asString()
                .contains("suspends")
                .contains("_JAVA_SR_SIGNUM");
        assertThat(Stream.of(PosixSignal.values()).filter(signal -> reserved.reason(signal).isPresent()))
                .containsExactly(
                        PosixSignal.QUIT, PosixSignal.ILL, PosixSignal.BUS, PosixSignal.FPE, PosixSignal.SEGV,
                        PosixSignal.USR2, PosixSignal.PIPE, PosixSignal.XFSZ);
    }

    @ParameterizedTest
    @CsvSource({"30,PWR", "12,USR2", "0x1e,PWR", "0X1E,PWR", "030,PWR", "16,STKFLT"})
    void theVariableNamesAnotherOne(String value, PosixSignal signal) {
        var reserved = new ReservedSignals(Optional.of(value));

        assertThat(reserved.reason(signal)).isPresent();
        assertThat(reserved.reason(PosixSignal.USR2).isPresent()).isEqualTo(signal == PosixSignal.USR2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "30 ", "+30", "-1", "30abc", "0x", "11", "65", "99999999999999999999"})
    void whatHotSpotDoesNotUnderstandLeavesItUsr2(String value) {
        assertThat(new ReservedSignals(Optional.of(value)).reason(PosixSignal.USR2)).isPresent();
    }

    @Test
    void aSignalBeyondTheStandardOnesReservesNone() {
        assertThat(new ReservedSignals(Optional.of("64")).reason(PosixSignal.USR2)).isEmpty();
    }

    /** The kernel knows what HotSpot has made of the variable. */
    @ParameterizedTest
    @CsvSource({"30,PWR", "0x1e,PWR", "030,PWR", "11,USR2", "30abc,USR2"})
    void hotSpotReadsTheVariableAsWeDo(String value, PosixSignal signal) throws Exception {
        var jvm = java(ChildJvm.class, "caught", signal.name());
        jvm.environment().put(ReservedSignals.SUSPEND_VARIABLE, value);
        assertThat(run(jvm)).endsWith("true");
        assertThat(new ReservedSignals(Optional.of(value)).reason(signal)).isPresent();
    }

    @Test
    void usr2CanBeHandledInAJvmThatUsesAnotherOne() throws Exception {
        var jvm = java(ChildJvm.class, "raise", "USR2");
        jvm.environment().put(ReservedSignals.SUSPEND_VARIABLE, "30");

        assertThat(run(jvm)).endsWith("got SIGUSR2 of the operating system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HUP", "INT", "TERM"})
    void aJvmThatWasToldToLeaveSignalsAloneRefusesThoseOfItsShutdown(String name) throws Exception {
        assertThat(run(java(ChildJvm.class, "raise", name), "-Xrs"))
                .contains("IllegalArgumentException: signal is SIG" + name)
                .endsWith("-Xrs, for example)");
    }

    @Test
    void aJvmThatWasStartedToIgnoreASignalRefusesIt() throws Exception {
        var command = java(ChildJvm.class, "raise", "HUP").command();
        var nohup = Stream.concat(Stream.of("sh", "-c", "trap '' HUP; exec \"$@\"", "sh"), command.stream()).toList();

        assertThat(run(new ProcessBuilder(nohup))).contains("started to ignore (by nohup, for example)");
    }

    @Test
    void theShutdownOfTheJvmIsBackAfterTheLastHandler() throws Exception {
        var jvm = java(ChildJvm.class, "shutdown", "TERM").redirectErrorStream(true).start();

        var output = new String(jvm.getInputStream().readAllBytes());

        assertThat(jvm.waitFor()).isEqualTo(128 + PosixSignal.TERM.number());
        assertThat(output).contains("got SIGTERM of the operating system").contains("shutdown hook");
    }

    @Test
    void aJvmWithoutSunMiscSaysSo() throws Exception {
        // As in a container that does not export it.
        assertThat(run(java(ChildJvm.class, "raise", "USR1"), "--limit-modules", "java.se"))
                .contains("UnsupportedOperationException: This JVM can't handle real signals");
    }

    private static ProcessBuilder java(Class<?> main, String... arguments) {
        var command = Stream.concat(
                Stream.of(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        main.getName()),
                Arrays.stream(arguments));
        return new ProcessBuilder(command.toList());
    }

    /** Runs it to its end; what it wrote. */
    private static String run(ProcessBuilder builder, String... options) throws Exception {
        var command = builder.command();
        command = Stream.concat(
                        Stream.concat(command.stream().limit(1), Arrays.stream(options)), command.stream().skip(1))
                .toList();
        var process = builder.command(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output.strip();
    }
}
