package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.itests.osgi.foreign.Consumer;
import org.reclaim.itests.osgi.foreign.Journal;

/** However the bundle of a type is swapped: a consumer with plain static references and a connection never notices. */
public class UnnoticedSwapIT extends PlatformTest {

    private static final String SOCKETS = "org.reclaim.sockets";
    private static final Duration SECONDS = Duration.ofSeconds(20);

    private Callable<?> consumer;

    /** A way to swap the bundle of sockets. */
    private interface Swap {
        void apply(Bundle sockets) throws Exception;
    }

    @Override
    protected Map<String, String> settings() {
        return Map.of("felix.fileinstall.poll", "200");
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        TestBundle.of("consumer", Consumer.class, Journal.class).writeTo(runtime);
        var sockets = TestJar.of(Distribution.jar(SOCKETS));
        sockets.with("X-Build", "another").writeTo(runtime.resolve("rebuilt.jar"));
        sockets.with("X-Build", "a third").writeTo(runtime.resolve("rebuilt-again.jar"));
        sockets.with(Constants.BUNDLE_VERSION, "1.0.1").writeTo(runtime.resolve("newer.jar"));
    }

    @Before
    public void startConsumer() throws Exception {
        Files.deleteIfExists(runtime().resolve("journal"));
        install("consumer");
        await().until(() -> !Journal.lines().isEmpty());
        var reference = context().getServiceReferences(Callable.class, "(consumer=true)").iterator().next();
        consumer = context().getService(reference);
        assertThat(consumer.call()).isEqualTo(1);
    }

    /** The distribution's own bundle, and no other. */
    @After
    public void bringBack() throws Exception {
        Files.deleteIfExists(deployed());
        await().atMost(SECONDS).until(() -> bundles().stream().noneMatch(UnnoticedSwapIT::isDeployed));
        var own = Distribution.jar(SOCKETS).toUri().toString();
        for (var bundle : bundles()) {
            if (!bundle.getLocation().equals(own)) {
                bundle.uninstall();
            }
        }
        context().installBundle(own).start();
    }

    @Test
    public void itIsStoppedAndStarted() throws Exception {
        assertUnnoticed(sockets -> {
            sockets.stop();
            assertThat(consumer.call()).isEqualTo(2);
            sockets.start();
        }, 3);
    }

    @Test
    public void itIsUpdated() throws Exception {
        assertUnnoticed(sockets -> update(sockets, "rebuilt.jar"), 2);
    }

    @Test
    public void itIsUpdatedAndRefreshed() throws Exception {
        assertUnnoticed(sockets -> {
            update(sockets, "rebuilt.jar");
            refresh(sockets);
        }, 2);
    }

    @Test
    public void itsComponentIsDisabledAndEnabled() throws Exception {
        assertUnnoticed(sockets -> {
            var runtime = service(ServiceComponentRuntime.class);
            var component = runtime.getComponentDescriptionDTOs(sockets).iterator().next();
            runtime.disableComponent(component).getValue();
            assertThat(consumer.call()).isEqualTo(2);
            runtime.enableComponent(component).getValue();
        }, 3);
    }

    @Test
    public void aNewVersionIsPutBesideAndTheOldOneIsTakenAway() throws Exception {
        assertUnnoticed(sockets -> {
            install("newer");
            assertThat(bundleOfSockets()).isEqualTo(SOCKETS + " 1.0.1");
            assertThat(consumer.call()).isEqualTo(2);
            sockets.uninstall();
            assertThat(bundleOfSockets()).isEqualTo(SOCKETS + " 1.0.1");
        }, 3);
        assertThat(log().lines("WARN"))
                .filteredOn(line -> line.contains("Two cleanups"))
                .singleElement()
                .asString()
                .contains("'sockets'", SOCKETS + " 1.0.1 now counts", SOCKETS + " 1.0.0.SNAPSHOT waits");
        assertThat(log().problems()).noneMatch(line -> line.contains("not registered"));
    }

    @Test
    public void aNewVersionIsPutBesideAndTakenAwayAgain() throws Exception {
        assertUnnoticed(sockets -> {
            var newer = install("newer");
            openUdp();
            newer.uninstall();
            assertThat(bundleOfSockets()).isEqualTo(SOCKETS + " 1.0.0.SNAPSHOT");
        }, 2);
    }

    @Test
    public void theWatchedFolderReplacesItTwiceTakesItAwayAndBringsItBack() throws Exception {
        assertUnnoticed(sockets -> {
            drop("rebuilt.jar");
            await().atMost(SECONDS).until(() -> "another".equals(sockets.getHeaders().get("X-Build")));
            await().atMost(SECONDS).until(() -> service(ResourceInventory.class).coverage().missing().isEmpty());
            assertThat(consumer.call()).isEqualTo(2);
            drop("rebuilt-again.jar");
            await().atMost(SECONDS).until(() -> "a third".equals(sockets.getHeaders().get("X-Build")));
            await().atMost(SECONDS).until(() -> service(ResourceInventory.class).coverage().missing().isEmpty());
            assertThat(consumer.call()).isEqualTo(3);
            Files.delete(deployed());
            await().atMost(SECONDS).until(() -> bundles().isEmpty());
            assertThat(consumer.call()).isEqualTo(4);
            drop("newer.jar");
            await().atMost(SECONDS).until(() -> bundleOfSockets().equals(SOCKETS + " 1.0.1"));
        }, 5);
    }

    @Test
    public void manyTimesInARow() throws Exception {
        for (int i = 2; i < 22; i++) {
            update(bundle(SOCKETS), i % 2 == 0 ? "rebuilt.jar" : "rebuilt-again.jar");
            assertThat(consumer.call()).isEqualTo(i);
        }
        assertUnnoticed(sockets -> update(sockets, "rebuilt.jar"), 22);
    }

    /** Neither component nor connection of the consumer; new calls arrive; the end frees all of it, each once. */
    private void assertUnnoticed(Swap swap, int answer) throws Exception {
        long pid = processes().processes().getFirst().pid();

        swap.apply(bundle(SOCKETS));

        assertThat(consumer.call()).isEqualTo(answer);
        openUdp();
        assertThat(Journal.lines()).containsExactly("active " + pid);
        int before = Kernel.ports().size();
        long freedBefore = service(ResourceInventory.class).totals().resourcesFreed();
        var end = processes().terminate(pid);
        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
        assertThat(end.cleanup().stats().byType()).containsEntry("sockets", 3L);
        assertThat(service(ResourceInventory.class).totals().resourcesFreed() - freedBefore).isEqualTo(3);
        // Listener and accepted connection share a port.
        assertThat(before - Kernel.ports().size()).isEqualTo(2);
        assertThat(log().lines("ERROR")).isEmpty();
    }

    private static void openUdp() throws IOException {
        long pid = processes().start(ProcessSpec.logical("another")).pid();
        service(SocketManager.class)
                .openUdp(pid, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .close();
        processes().terminate(pid);
    }

    private static void update(Bundle sockets, String jar) throws Exception {
        try (var content = Files.newInputStream(runtime().resolve(jar))) {
            sockets.update(content);
        }
    }

    private static void refresh(Bundle bundle) {
        var wiring = context().getBundle(0).adapt(FrameworkWiring.class);
        var done = new CountDownLatch(1);
        wiring.refreshBundles(List.of(bundle), event -> done.countDown());
        await().until(() -> done.getCount() == 0);
    }

    private static String bundleOfSockets() {
        return service(ResourceInventory.class).types().stream()
                .filter(type -> type.resourceType().equals("sockets"))
                .map(ResourceTypeInfo::bundle)
                .findFirst()
                .orElse("");
    }

    private static List<Bundle> bundles() {
        return Arrays.stream(context().getBundles())
                .filter(bundle -> SOCKETS.equals(bundle.getSymbolicName()))
                .toList();
    }

    private static boolean isDeployed(Bundle bundle) {
        return bundle.getLocation().contains("/deploy/");
    }

    private static void drop(String jar) throws IOException {
        var staged = Files.copy(
                runtime().resolve(jar), runtime().resolve("staged"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(staged, deployed(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path deployed() {
        return Distribution.deployFolder(runtime()).resolve("sockets.jar");
    }
}
