package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.junit.After;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.itests.osgi.foreign.Faults;

/** Plug-ins that are wrong: the platform goes on working, and its log says which bundle it was and what it did. */
public class FaultsIT extends PlatformTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);

    /** Far more than a deadline or two, far less than the five seconds for which components wait for each other. */
    private static final Duration BOUND = Duration.ofSeconds(4);

    @Override
    protected Map<String, String> settings() {
        return Map.of("reclaim.deadline.millis", Long.toString(DEADLINE.toMillis()));
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        for (var fault : Faults.class.getDeclaredClasses()) {
            TestBundle.of("faulty." + fault.getSimpleName(), fault, Faults.Plugin.class, Faults.class)
                    .writeTo(runtime);
        }
    }

    @After
    public void letGo() {
        System.setProperty(Faults.LET_GO, "");
        await().until(() -> service(ResourceInventory.class).types().stream().allMatch(type -> type.stuckCalls() == 0));
        System.clearProperty(Faults.LET_GO);
    }

    @Test
    public void aConstructorThatThrowsIsRefusedByName() throws Exception {
        assertRefused("ConstructorThrows", "could not be had");
        assertThat(log().text()).contains("no constructor today");
    }

    @Test
    public void anActivationThatThrowsIsRefusedByName() throws Exception {
        assertRefused("ActivateThrows", "could not be had");
        assertThat(log().text()).contains("no activation today");
    }

    @Test
    public void aTypeThatThrowsIsRefusedByName() throws Exception {
        assertRefused("TypeThrows", "no type today");
    }

    @Test
    public void aTypeThatIsNullIsRefusedByName() throws Exception {
        assertRefused("TypeIsNull", "null");
    }

    @Test
    public void aTypeThatIsEmptyIsRefusedByName() throws Exception {
        assertRefused("TypeIsEmpty", "''");
    }

    @Test
    public void aTypeOfTenMegabytesIsRefusedInFewWords() throws Exception {
        assertRefused("TypeIsHuge", "xxx");
        assertThat(log().text()).hasSizeLessThan(10_000);
    }

    @Test
    public void aTypeThatHangsIsRefusedAfterTheDeadline() throws Exception {
        assertRefused("TypeHangs", "did not return within " + DEADLINE);
        assertThat(log().text()).contains("Faults.hang");
    }

    /** Starting such a bundle costs a deadline at most, nothing of it is bound, and all others are cleaned. */
    private void assertRefused(String fault, String reason) throws Exception {
        var bundle = startWithinBound(fault);

        assertThat(service(ResourceOrchestrator.class).registeredTypes())
                .isEqualTo(TYPES);
        assertThat(log().lines("WARN"))
                .filteredOn(line -> line.contains(bundle.getSymbolicName() + " 1.0.0 is refused"))
                .singleElement()
                .asString()
                .contains(reason);
        assertStandardTypesFreed(endOfProcess());
    }

    @Test
    public void aCleanupThatHangsTimesOutAndTheNextTypesGoOn() throws Exception {
        startWithinBound("CleanupHangs");

        var end = endOfProcess();

        assertStandardTypesFreed(end);
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .startsWith(tuple("file_descriptors", Status.FREED), tuple("faulty.cleanuphangs", Status.TIMED_OUT));
        assertThat(log().text()).contains("Cleanup of faulty.cleanuphangs for process", "Faults.hang");
        assertThat(service(ResourceInventory.class).types())
                .filteredOn(type -> type.resourceType().equals("faulty.cleanuphangs"))
                .singleElement()
                .satisfies(type -> {
                    assertThat(type.stuckCalls()).isEqualTo(1);
                    assertThat(type.bundle()).isEqualTo("faulty.CleanupHangs 1.0.0");
                });
    }

    @Test
    public void anEndingThatHangsDelaysNobody() throws Exception {
        startWithinBound("EndingHangs");

        var end = endOfProcess();

        assertStandardTypesFreed(end);
        assertThat(statusOf(end, "faulty.endinghangs")).isEqualTo(Status.LEAKED);
    }

    @Test
    public void hasResourcesThatThrowsFailsAlone() throws Exception {
        startWithinBound("HasResourcesThrows");

        var end = endOfProcess();

        assertStandardTypesFreed(end);
        assertThat(end.cleanup().outcomes())
                .filteredOn(outcome -> outcome.resourceType().equals("faulty.hasresourcesthrows"))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.status()).isEqualTo(Status.FAILED);
                    assertThat(outcome.detail()).contains("no answer today");
                });
        assertThat(log().lines("WARN")).anyMatch(line -> line.contains("no answer today"));
    }

    @Test
    public void aRankingThatIsNoIntegerCountsAsZeroAndIsNamed() throws Exception {
        startWithinBound("RankingIsString");

        assertThat(service(ResourceInventory.class).types())
                .extracting(ResourceTypeInfo::resourceType, ResourceTypeInfo::ranking)
                .endsWith(tuple("memory", 100), tuple("faulty.rankingisstring", 0));
        assertThat(log().problems()).singleElement().asString().contains("faulty.RankingIsString 1.0.0", "'750'");
        assertStandardTypesFreed(endOfProcess());
    }

    @Test
    public void aSecondBundleOfATypeCountsWhileItIsThereAndBothAreNamed() throws Exception {
        var second = startWithinBound("SecondSockets");

        assertThat(log().problems())
                .singleElement()
                .asString()
                .contains("'sockets'", "faulty.SecondSockets 1.0.0", "org.reclaim.sockets 1.0.0");
        assertThat(bundleOfSockets()).isEqualTo("faulty.SecondSockets 1.0.0");
        // It frees nothing, and says so; the table knows better.
        var end = endOfProcess();
        assertThat(statusOf(end, "sockets")).isEqualTo(Status.LEAKED);
        assertThat(Kernel.isOpen(file(end))).isFalse();

        second.stop();
        assertThat(bundleOfSockets()).startsWith("org.reclaim.sockets ");
        await().until(() -> service(ResourceInventory.class).unsettled().stream()
                .noneMatch(pair -> pair.resourceType().equals("sockets")));
        assertStandardTypesFreed(endOfProcess());
    }

    private static String bundleOfSockets() {
        return service(ResourceInventory.class).types().stream()
                .filter(type -> type.resourceType().equals("sockets"))
                .map(ResourceTypeInfo::bundle)
                .findFirst()
                .orElseThrow();
    }

    private static Status statusOf(ProcessEnd end, String type) {
        return end.cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(type))
                .map(TypeOutcome::status)
                .findFirst()
                .orElseThrow();
    }

    private Bundle startWithinBound(String fault) throws BundleException {
        long start = System.nanoTime();
        var bundle = install("faulty." + fault);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        return bundle;
    }

    /** Ends a process that holds one thing of each type. */
    private static ProcessEnd endOfProcess() throws IOException {
        long pid = processes().start(ProcessSpec.logical("victim")).pid();
        service(FdManager.class).open(pid, Files.createFile(file(pid)), StandardOpenOption.WRITE);
        service(SocketManager.class).openUdp(pid, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        service(MemoryManager.class).allocate(pid, 1);
        long start = System.nanoTime();
        var end = processes().terminate(pid);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        return end;
    }

    private static void assertStandardTypesFreed(ProcessEnd end) {
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .containsSubsequence(
                        tuple("file_descriptors", Status.FREED),
                        tuple("sockets", Status.FREED),
                        tuple("memory", Status.FREED));
        assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(3);
        assertThat(Kernel.isOpen(file(end))).isFalse();
    }

    private static Path file(ProcessEnd end) {
        return file(end.process().pid());
    }

    private static Path file(long pid) {
        return runtime().resolve("file-of-" + pid);
    }
}
