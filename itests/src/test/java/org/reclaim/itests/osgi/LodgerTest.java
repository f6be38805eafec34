package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.Before;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Lodger;
import org.reclaim.itests.osgi.foreign.Lodgers;

/** A test with bundles that hold one thing of each type in their own name. */
public abstract class LodgerTest extends PlatformTest {

    @Override
    protected void prepare(Path runtime) throws IOException {
        TestBundle.of("lodger.component", Lodger.class, Lodgers.class, Journal.class).writeTo(runtime);
        activator(Lodgers.Plain.class).writeTo(runtime);
        activator(Lodgers.FailsToStart.class).writeTo(runtime);
        activator(Lodgers.FailsToStop.class).writeTo(runtime);
        activator(Lodgers.LastWords.class).writeTo(runtime);
    }

    static TestBundle activator(Class<? extends Lodgers.Plain> type) {
        return TestBundle.of("lodger." + type.getSimpleName(), type, Lodgers.Plain.class, Lodgers.class, Journal.class)
                .with(Constants.BUNDLE_ACTIVATOR, type.getName());
    }

    @Before
    public void forget() throws IOException {
        Files.deleteIfExists(runtime().resolve("journal"));
    }

    protected static void assertEnd(ProcessEnd end, String name) {
        assertThat(end.process().name()).isEqualTo(name);
        assertThat(end.reason()).isEqualTo(EndReason.BUNDLE_STOPPED);
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .isEqualTo(outcomes(Map.of(
                        "file_descriptors", Status.FREED, "sockets", Status.FREED, "memory", Status.FREED)));
        assertThat(Kernel.isOpen(Lodgers.file(end.process().pid()))).isFalse();
    }

    protected final long start(String name) throws BundleException {
        install(name);
        long pid = pidOfLodger();
        assertThat(Kernel.isOpen(Lodgers.file(pid))).isTrue();
        return pid;
    }

    protected static long pidOfLodger() {
        await().until(() -> Journal.lines().stream().anyMatch(line -> line.startsWith("lodger ")));
        return Long.parseLong(Journal.lines().getFirst().substring("lodger ".length()));
    }

    @SuppressWarnings("unchecked") // the service of a lodger
    protected static Callable<Long> lodger() throws InvalidSyntaxException {
        var reference = context().getServiceReferences(Callable.class, "(lodger=*)").iterator().next();
        return context().getService(reference);
    }

    protected static List<Long> bundleProcesses() {
        return processes().processes().stream()
                .filter(process -> process.kind() == ProcessKind.BUNDLE)
                .map(ProcessInfo::pid)
                .toList();
    }

    protected static ProcessEnd endOf(long pid) {
        return processes().history().stream()
                .filter(end -> end.process().pid() == pid)
                .findFirst()
                .orElseThrow();
    }
}
