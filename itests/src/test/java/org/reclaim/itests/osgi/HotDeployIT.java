package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.core.ThrowingRunnable;
import org.junit.After;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.itests.osgi.foreign.Faults;
import org.reclaim.itests.osgi.foreign.MarkerCleanup;

/** Whatever is put into the watched folder: the platform goes on, and its log says what is wrong with which file. */
public class HotDeployIT extends PlatformTest {

    private static final Duration SECONDS = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(200);

    @Override
    protected Map<String, String> settings() {
        return Map.of("felix.fileinstall.poll", Long.toString(POLL.toMillis()));
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        markers("good").writeTo(runtime);
        markers("future")
                .with(Constants.REQUIRE_CAPABILITY, "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"")
                .writeTo(runtime);
        markers("lonely").with(Constants.IMPORT_PACKAGE, "com.example.nowhere,*").writeTo(runtime);
        for (var fault : Faults.class.getDeclaredClasses()) {
            TestBundle.of(
                            "faulty." + fault.getSimpleName(),
                            fault,
                            Faults.Plugin.class,
                            Faults.SealedManager.class,
                            Faults.class)
                    .writeTo(runtime);
        }
        SignedJar.sign(runtime.resolve("good.jar"), runtime.resolve("signed.jar"));
    }

    private static TestBundle markers(String name) {
        return TestBundle.of(name, MarkerCleanup.class);
    }

    @After
    public void empty() throws Exception {
        try (var files = Files.list(Distribution.deployFolder(runtime()))) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        eventually(() -> assertThat(types()).isEqualTo(TYPES));
        eventually(() -> assertThat(Arrays.stream(context().getBundles()).map(Bundle::getLocation))
                .noneMatch(location -> location.contains("/deploy/")));
    }

    @Test
    public void aJarThatIsCopiedSlowlyComesWhenItIsComplete() throws Exception {
        byte[] content = Files.readAllBytes(jar("good"));
        try (OutputStream out = Files.newOutputStream(deployed("good.jar"))) {
            for (byte each : content) {
                out.write(each);
                LockSupport.parkNanos(POLL.toNanos() * 10 / content.length);
            }
        }
        eventually(() -> assertThat(types()).contains("markers"));
        assertPlatformWorks();
    }

    @Test
    public void aJarThatIsHalfThereIsNamedAndComesWhenTheRestDoes() throws Exception {
        byte[] content = Files.readAllBytes(jar("good"));
        Files.write(deployed("half.jar"), Arrays.copyOf(content, content.length / 2));
        assertNamed("half.jar is no bundle, and is not installed: java.util.zip.ZipException");
        assertPlatformWorks();

        Files.write(deployed("half.jar"), content);
        eventually(() -> assertThat(types()).contains("markers"));
    }

    @Test
    public void rubbishIsNamedOnce() throws Exception {
        Files.writeString(deployed("rubbish.jar"), "not a zip at all");
        TestJar.of(jar("good")).without(Constants.BUNDLE_SYMBOLICNAME).writeTo(deployed("plain.jar"));
        assertNamed("rubbish.jar is no bundle", "plain.jar is no bundle, and is not installed: its manifest has no ");
        drop("good.jar", jar("good"));
        eventually(() -> assertThat(types()).contains("markers"));

        assertThat(log().problems()).hasSize(2);
        assertPlatformWorks();
    }

    @Test
    public void aBundleThatIsOverwrittenByRubbishGoesAndTheFileIsNamed() throws Exception {
        drop("good.jar", jar("good"));
        eventually(() -> assertThat(types()).contains("markers"));

        Files.writeString(deployed("good.jar"), "not a zip at all");

        assertNamed("good.jar is no bundle, and is not installed: java.util.zip.ZipException");
        eventually(() -> assertThat(types()).isEqualTo(TYPES));
        assertPlatformWorks();
    }

    @Test
    public void aBundleForALaterJavaIsNamed() throws Exception {
        drop("future.jar", jar("future"));
        assertNamed("future.jar", "osgi.ee", "99");
        assertPlatformWorks();
    }

    @Test
    public void classesOfALaterJavaAreNamed() throws Exception {
        var name = MarkerCleanup.class.getName().replace('.', '/') + ".class";
        TestJar.of(jar("good")).patching(name, bytes -> bytes[7] = 99).writeTo(runtime().resolve("later.jar"));
        drop("later.jar", runtime().resolve("later.jar"));
        assertNamed("good", "UnsupportedClassVersionError");
        assertPlatformWorks();
    }

    @Test
    public void aBundleWhoseImportNobodyHasIsNamedAndComesWhenItIsReplaced() throws Exception {
        drop("lonely.jar", jar("lonely"));
        assertNamed("lonely.jar", "com.example.nowhere");
        assertPlatformWorks();

        drop("lonely.jar", jar("good"));
        eventually(() -> assertThat(types()).contains("markers"));
    }

    @Test
    public void aBundleWithAWrongSignatureIsNamed() throws Exception {
        var name = MarkerCleanup.class.getName().replace('.', '/') + ".class";
        TestJar.of(runtime().resolve("signed.jar"))
                .patching(name, bytes -> bytes[bytes.length - 1]++)
                .writeTo(runtime().resolve("tampered.jar"));
        drop("good.jar", runtime().resolve("signed.jar"));
        eventually(() -> assertThat(types()).contains("markers"));
        assertThat(log().problems()).isEmpty();

        drop("good.jar", runtime().resolve("tampered.jar"));

        assertNamed("deploy/good.jar is wrongly signed: java.lang.SecurityException: ", "digest error for " + name);
        assertThat(log().problems()).hasSize(1);
        assertPlatformWorks();
    }

    @Test
    public void componentsThatFailAreNamed() throws Exception {
        for (var fault : List.of("ConstructorThrows", "ActivateThrows", "TypeThrows", "TypeIsNull", "TypeIsEmpty",
                "TypeIsHuge")) {
            drop(fault + ".jar", jar("faulty." + fault));
            assertNamed("faulty." + fault + " 1.0.0 is refused", "deploy/" + fault + ".jar");
            assertPlatformWorks();
        }
    }

    @Test
    public void aManagerOfWhichThereCanBeNoFrontIsNamedAndTheTypeIsCleanedAllTheSame() throws Exception {
        for (int i = 0; i < 2; i++) {
            drop("sealed.jar", jar("faulty.ManagerIsSealed"));
            eventually(() -> assertThat(types()).contains("faulty.managerissealed"));
            assertNamed("there can be no front", "deploy/sealed.jar");
            assertPlatformWorks();
            Files.delete(deployed("sealed.jar"));
            eventually(() -> assertThat(types()).isEqualTo(TYPES));
        }
        assertThat(log().problems()).hasSize(2);
    }

    @Test
    public void aTypeThatChangesItsNameIsAskedOnce() throws Exception {
        drop("fickle.jar", jar("faulty.TypeChanges"));
        eventually(() -> assertThat(types()).contains("faulty.typechanges.1"));
        assertPlatformWorks();
        assertThat(types()).contains("faulty.typechanges.1");
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void ofTwoBundlesForOneTypeTheLastCountsWhileItIsThere() throws Exception {
        drop("second.jar", jar("faulty.SecondSockets"));
        assertNamed("Two cleanups for resource type 'sockets': faulty.SecondSockets 1.0.0 now counts");
        assertThat(bundleOf("sockets")).isEqualTo("faulty.SecondSockets 1.0.0");

        Files.delete(deployed("second.jar"));
        eventually(() -> assertThat(bundleOf("sockets")).startsWith("org.reclaim.sockets "));
        assertPlatformWorks();
    }

    /** The log has all these texts. */
    private void assertNamed(String... texts) {
        eventually(() -> assertThat(log().text()).contains(texts));
    }

    /** A process that holds something is cleaned, in order. */
    private static void assertPlatformWorks() throws IOException {
        long pid = processes().start(ProcessSpec.logical("victim")).pid();
        service(SocketManager.class).openUdp(pid, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        service(MemoryManager.class).allocate(pid, 1);
        var end = processes().terminate(pid);
        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .containsSubsequence(tuple("sockets", Status.FREED), tuple("memory", Status.FREED));
    }

    private static List<String> types() {
        return service(ResourceOrchestrator.class).registeredTypes();
    }

    private static String bundleOf(String resourceType) {
        return service(ResourceInventory.class).types().stream()
                .filter(type -> type.resourceType().equals(resourceType))
                .map(ResourceTypeInfo::bundle)
                .findFirst()
                .orElseThrow();
    }

    private static Path jar(String name) {
        return runtime().resolve(name + ".jar");
    }

    private static Path deployed(String name) {
        return Distribution.deployFolder(runtime()).resolve(name);
    }

    /** At one stroke. */
    private static void drop(String name, Path jar) throws IOException {
        var staged = Files.copy(jar, runtime().resolve("staged"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(staged, deployed(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(SECONDS).untilAsserted(assertion);
    }
}
