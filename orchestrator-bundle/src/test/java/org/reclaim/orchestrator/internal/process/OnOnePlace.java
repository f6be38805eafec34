package org.reclaim.orchestrator.internal.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** A platform on which one process of those that wait for a place runs at a time. */
abstract class OnOnePlace {

    static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    final Hang hang = new Hang();
    final TestPlatform platform = TestPlatform.create(settings -> settings.places(1));
    final Processes processes = platform.processes();
    final ProcessScheduler scheduler = processes.scheduler();

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    final ManagedProcess hangs(String name) {
        return processes.start(ProcessSpec.task(name, hang::untilInterrupted));
    }

    static ProcessState state(ManagedProcess process) {
        return process.info().state();
    }

    final List<Long> queue() {
        return scheduler.queue().stream().map(waiting -> waiting.process().pid()).toList();
    }
}
