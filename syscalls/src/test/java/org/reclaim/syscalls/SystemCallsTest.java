package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class SystemCallsTest {

    /** In the language of the environment, as the C library has it. */
    private static final String BAD_DESCRIPTOR = Errno.message(Errno.EBADF);

    private static final int O_WRONLY_O_CREAT = 0101;

    private static final MethodHandle OPEN =
            SystemCalls.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = SystemCalls.link("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle ABSENT = SystemCalls.link("no_such_function", JAVA_INT, JAVA_INT);

    @Test
    void aFailureNamesTheCallItsSubjectAndTheReason() {
        var thrown = catchThrowableOfType(SystemCallException.class, () -> DescriptorCalls.close(-1));

        assertThat(thrown).hasMessage("close descriptor -1: " + BAD_DESCRIPTOR + " (EBADF, errno 9)");
        assertThat(thrown.call()).isEqualTo("close");
        assertThat(thrown.errno()).isEqualTo(Errno.EBADF);
        assertThat(thrown.errnoName()).isEqualTo("EBADF");
    }

    @Test
    void theOptionalArgumentOfAVariadicFunctionArrives(@TempDir Path folder) throws Exception {
        var file = folder.resolve("made");

        DescriptorCalls.close(open(file, 0600));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void aDescriptorCanBeClosedOnce(@TempDir Path folder) throws Exception {
        int descriptor = open(folder.resolve("made"), 0600);
        assertThat(Path.of("/proc/self/fd/" + descriptor)).exists();

        DescriptorCalls.close(descriptor);

        assertThat(Path.of("/proc/self/fd/" + descriptor)).doesNotExist();
    }

    @Test
    void anAttemptAnswersWithTheReasonOfAFailure() {
        assertThat(SystemCalls.attempt(errno -> (int) CLOSE.invokeExact(errno, -1))).isEqualTo(-Errno.EBADF);
    }

    @Test
    void aFunctionThatIsNotThereThrowsWhenItIsCalledNotWhenItIsLinked() {
        assertThatThrownBy(() -> SystemCalls.invoke("absent", 1, errno -> (int) ABSENT.invokeExact(errno, 1)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("no_such_function is not there: Linux on ");
    }

    @Test
    void onAnotherSystemOnlyCallingFails() throws Exception {
        var jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dos.name=Elsewhere",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Elsewhere.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        var output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        var reason = " is not there: Elsewhere on " + System.getProperty("os.arch")
                + "; needed is Linux on x86_64 or aarch64";
        assertThat(output.lines()).containsExactly("false Unknown error", "prctl" + reason, "close" + reason);
        assertThat(jvm.waitFor()).isZero();
    }

    @Test
    void aCallLeavesNothingBehindThatKeepsItsClassLoaderReachable() throws Exception {
        var loader = callWithALoaderOfItsOwn();

        for (int i = 0; i < 50 && loader.get() != null; i++) {
            System.gc();
        }
        assertThat(loader.get()).isNull();
    }

    @Test
    void knownNumbersHaveTheirNamesAndWordsAndOthersSaySo() {
        assertThat(Errno.name(1)).isEqualTo("EPERM");
        assertThat(Errno.name(Errno.ENOSYS)).isEqualTo("ENOSYS");
        assertThat(Errno.name(133)).isEqualTo("EHWPOISON");
        assertThat(Errno.message(Errno.ENOENT)).isNotBlank().isNotEqualTo(Errno.message(Errno.EBADF));
        for (int number : new int[] {-1, 0, 41, 58, 134}) {
            assertThat(Errno.name(number)).isEqualTo("unknown");
            assertThat(Errno.message(number)).as("%d", number).isEqualTo("Unknown error");
        }
    }

    private static int open(Path file, int mode) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(file.toString());
            return (int) SystemCalls.invoke(
                    "open", file, errno -> (int) OPEN.invokeExact(errno, path, O_WRONLY_O_CREAT, mode));
        }
    }

    private static WeakReference<ClassLoader> callWithALoaderOfItsOwn() throws Exception {
        var classes = new URL[] {SystemCalls.class.getProtectionDomain().getCodeSource().getLocation()};
        try (var loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            var calls = loader.loadClass(DescriptorCalls.class.getName());
            assertThat(calls).isNotSameAs(DescriptorCalls.class);
            assertThatThrownBy(() -> calls.getMethod("close", int.class).invoke(null, -1))
                    .hasRootCauseMessage("close descriptor -1: " + BAD_DESCRIPTOR + " (EBADF, errno 9)");
            return new WeakReference<>(loader);
        }
    }
}
