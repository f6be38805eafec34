package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.reclaim.syscalls.ProcessCalls.Children;

/** Any system, as far as the JDK knows its processes. Nothing can be stopped, no orphan is adopted. */
final class PortableProcesses implements OsProcesses {

    @Override
    public long now() {
        return System.currentTimeMillis();
    }

    @Override
    public List<OsProcess> all() {
        return ProcessHandle.allProcesses().map(PortableProcesses::snapshot).toList();
    }

    @Override
    public Optional<OsProcess> find(long pid) {
        return ProcessHandle.of(pid).map(PortableProcesses::snapshot);
    }

    @Override
    public boolean send(ProcessId process, Signal signal) throws IOException {
        var handle = ProcessHandle.of(process.pid())
                .filter(ProcessHandle::isAlive)
                .filter(found -> snapshot(found).id().equals(process));
        if (handle.isEmpty()) {
            return false;
        }
        boolean sent = switch (signal) {
            case TERM -> handle.get().destroy();
            case KILL -> handle.get().destroyForcibly();
            // The JDK has no such thing. Who can't be stopped may fork once more, and is found by the next look.
            case STOP, CONT -> true;
        };
        if (!sent && handle.get().isAlive()) {
            throw new IOException(signal + " to pid " + process.pid() + " was refused");
        }
        return sent;
    }

    @Override
    public Children children() {
        return ProcessHandle.current().children().findAny().isPresent() ? Children.RUNNING : Children.NONE;
    }

    @Override
    public boolean reap(ProcessId child) {
        return false;
    }

    @Override
    public boolean canAdopt() {
        return false;
    }

    @Override
    public boolean adopt(boolean on) {
        throw new UnsupportedOperationException("Only on Linux can a JVM adopt orphans");
    }

    private static OsProcess snapshot(ProcessHandle handle) {
        var info = handle.info();
        return new OsProcess(
                new ProcessId(handle.pid(), info.startInstant().map(Instant::toEpochMilli).orElse(0L)),
                handle.parent().map(ProcessHandle::pid).orElse(0L),
                info.command().map(Path::of).map(path -> String.valueOf(path.getFileName())).orElse("?"),
                handle.isAlive() ? OsProcess.State.RUNNING : OsProcess.State.GONE);
    }
}
