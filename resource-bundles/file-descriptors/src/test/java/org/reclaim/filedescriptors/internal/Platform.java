package org.reclaim.filedescriptors.internal;

import java.nio.file.Path;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.fd.FdManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.testing.InterposedProvider;

/** A platform whose temporary files are in a folder of the test's. */
final class Platform implements AutoCloseable {

    private final EmbeddedProcessManager processes;
    private final FdManager files;

    Platform(Path temporary) {
        this(temporary, () -> {});
    }

    /** With something that happens right after each reservation. */
    Platform(Path temporary, Runnable happening) {
        processes = ProcessManagers.builder().with(provider(temporary, happening)).build();
        files = processes.manager(FdManager.class);
    }

    private static ResourceTypeProvider provider(Path temporary, Runnable happening) {
        return new InterposedProvider(
                FileDescriptors.TYPE,
                CleanupRanking.FILE_DESCRIPTORS,
                tables -> new FileDescriptors(tables, new TemporaryFolder(temporary)),
                "reserve",
                happening);
    }

    EmbeddedProcessManager processes() {
        return processes;
    }

    FdManager files() {
        return files;
    }

    long start() {
        return processes.start(ProcessSpec.logical("p")).pid();
    }

    ProcessEnd end(long pid) {
        return processes.terminate(pid);
    }

    /** Ends a process and tells what became of its files. */
    TypeOutcome endFiles(long pid) {
        return end(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(FileDescriptors.TYPE))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        processes.close();
    }
}
