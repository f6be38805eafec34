package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.LongFunction;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.InvalidSyntaxException;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Slow;

/** The bundle of a type stops while something of it is being released: that is waited for, but not for ever. */
public class ReleaseInProgressIT extends PlatformTest {

    private Bundle slow;
    private long pid;

    @Override
    protected Map<String, String> settings() {
        return Map.of("reclaim.deadline.millis", "5000");
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        TestBundle.of("slow", Slow.class, Journal.class).writeTo(runtime);
    }

    @Before
    public void start() throws Exception {
        Files.deleteIfExists(runtime().resolve("journal"));
        slow = install("slow");
        pid = processes().start(ProcessSpec.logical("holder")).pid();
    }

    @After
    public void letGo() {
        System.setProperty(Slow.LET_GO, "");
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        System.clearProperty(Slow.LET_GO);
    }

    @Test
    public void aHandleThatIsBeingClosedIsReleasedByTheBundleThatStops() throws Exception {
        var handle = acquire();
        var close = inBackground(() -> {
            handle.close();
            return null;
        });
        await().until(() -> Journal.lines().contains("releasing thing"));

        stopAndLetGo();

        close.get();
        assertThat(Journal.lines()).containsExactly("releasing thing", "released thing");
        assertThat(processes().terminate(pid).cleanup().isSuccess()).isTrue();
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void anEndInProgressIsFinishedByTheBundleThatStops() throws Exception {
        acquire();
        var end = inBackground(() -> processes().terminate(pid));
        await().until(() -> Journal.lines().contains("releasing thing"));

        stopAndLetGo();

        assertThat(statusOf(end.get())).isEqualTo(Status.FREED);
        assertThat(Journal.lines()).containsExactly("releasing thing", "released thing");
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void aHandleThatTakesTooLongToCloseIsNamedAndReleasedOnce() throws Exception {
        var handle = acquire();
        var close = inBackground(() -> {
            handle.close();
            return null;
        });
        await().until(() -> Journal.lines().contains("releasing thing"));

        slow.stop();

        assertThat(log().lines("WARN")).anyMatch(line -> line.contains("1 of slow are still being released by"));
        System.setProperty(Slow.LET_GO, "");
        close.get();
        assertThat(Journal.lines()).containsExactly("releasing thing", "released thing");
        assertThat(processes().terminate(pid).cleanup().isSuccess()).isTrue();
    }

    @Test
    public void whatTakesTooLongIsCutOffAndReleasedOnceAllTheSame() throws Exception {
        acquire();
        var end = inBackground(() -> processes().terminate(pid));
        await().until(() -> Journal.lines().contains("releasing thing"));

        slow.stop();

        assertThat(log().lines("WARN"))
                .anyMatch(line -> line.contains("Unbinding slow of slow 1.0.0 although calls into it are still in"));
        assertThat(statusOf(end.get())).isNotIn(Status.FREED, Status.EMPTY);
        slow.start();
        System.setProperty(Slow.LET_GO, "");
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        assertThat(Journal.lines()).containsExactly("releasing thing", "released thing");
        assertThat(service(ResourceInventory.class).resources(pid)).isEmpty();
    }

    /** It waits for what is in progress. */
    private void stopAndLetGo() throws Exception {
        var stop = new FutureTask<>(() -> {
            slow.stop();
            return null;
        });
        var stopper = Thread.ofPlatform().start(stop);
        await().until(() -> stopper.getState() == Thread.State.TIMED_WAITING);
        assertThat(slow.getState()).isEqualTo(Bundle.STOPPING);
        System.setProperty(Slow.LET_GO, "");
        stop.get();
    }

    @SuppressWarnings("unchecked") // the service of the plug-in
    private AutoCloseable acquire() throws InvalidSyntaxException {
        var reference = context().getServiceReferences(LongFunction.class, "(slow=true)").iterator().next();
        return ((LongFunction<AutoCloseable>) context().getService(reference)).apply(pid);
    }

    private static <T> FutureTask<T> inBackground(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofPlatform().start(task);
        return task;
    }

    private static Status statusOf(ProcessEnd end) {
        return end.cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(Slow.TYPE))
                .map(TypeOutcome::status)
                .findFirst()
                .orElseThrow();
    }
}
