package org.reclaim.orchestrator.internal.command;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.Errno;
import org.reclaim.syscalls.ProcessCalls;
import org.reclaim.syscalls.ProcessCalls.Children;
import org.reclaim.syscalls.SystemCallException;

/** Linux: {@code /proc}, see proc_pid_stat(5), and descriptors of processes. */
final class LinuxProcesses implements OsProcesses {

    private static final File PROC = new File("/proc");

    /** More than the line has: 52 numbers and a name of 64 bytes at most. */
    private static final int STAT_BYTES = 2048;

    /** How often to look for new threads; only a process that never stops starting some needs more. */
    private static final int LOOKS = 10;

    /** Start times are in hundredths of a second on every processor that matters here. */
    private static final long NANOS_PER_TICK = 10_000_000;

    /** One child is looked at and waited for by one thread at a time: in between its number could be reused. */
    private static final Object REAPING = new Object();

    @Override
    public long now() throws IOException {
        return ProcessCalls.nanosSinceBoot() / NANOS_PER_TICK;
    }

    @Override
    public List<OsProcess> all() throws IOException {
        var names = PROC.list();
        if (names == null) {
            throw new IOException(PROC + " can't be listed");
        }
        var processes = new ArrayList<OsProcess>(names.length);
        var buffer = new byte[STAT_BYTES];
        // The youngest first: it is what may be gone when its turn comes. The kernel lists by number.
        for (int i = names.length - 1; i >= 0; i--) {
            if (Character.isDigit(names[i].charAt(0))) {
                read(names[i], buffer).ifPresent(processes::add);
            }
        }
        return processes;
    }

    @Override
    public Optional<OsProcess> find(long pid) throws IOException {
        return read(Long.toString(pid), new byte[STAT_BYTES]);
    }

    @Override
    public boolean send(ProcessId process, Signal signal) throws IOException {
        int pid = Math.toIntExact(process.pid());
        int descriptor;
        try {
            descriptor = ProcessCalls.openPidfd(pid);
        } catch (SystemCallException e) {
            return switch (e.errno()) {
                // EINVAL: only a process group or a session still bears the number.
                case Errno.ESRCH, Errno.EINVAL -> false;
                // Kernels before 5.3, and sandboxes that refuse what they do not know.
                case Errno.ENOSYS, Errno.EPERM -> sendByNumber(process, signal);
                default -> throw e;
            };
        }
        try {
            // Looked at after it was opened: if the number still belongs to the process meant, so does the descriptor.
            if (!isAlive(process)) {
                return false;
            }
            ProcessCalls.sendSignal(descriptor, signal.number());
            return true;
        } catch (SystemCallException e) {
            return unlessGone(e);
        } finally {
            DescriptorCalls.close(descriptor);
        }
    }

    /** As {@link #send}, but the number could be reused between the look and the signal. */
    boolean sendByNumber(ProcessId process, Signal signal) throws IOException {
        try {
            if (!isAlive(process)) {
                return false;
            }
            ProcessCalls.kill(Math.toIntExact(process.pid()), signal.number());
            return true;
        } catch (SystemCallException e) {
            return unlessGone(e);
        }
    }

    @Override
    public int nice() throws IOException {
        var stat = Files.readString(Path.of("/proc/self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19 - 3]);
    }

    @Override
    public void setNice(ProcessId process, int nice) throws IOException {
        // Each thread has its own. What a thread starts meanwhile has that of the thread: so until there are no others.
        var done = new HashSet<String>();
        var threads = new File(PROC, process.pid() + "/task");
        boolean grown = true;
        for (int look = 0; grown && look < LOOKS && isAlive(process); look++) {
            grown = false;
            for (var thread : Objects.requireNonNullElse(threads.list(), new String[0])) {
                if (done.add(thread)) {
                    grown = true;
                    setNice(Integer.parseInt(thread), nice);
                }
            }
        }
    }

    private static void setNice(int thread, int nice) throws IOException {
        try {
            ProcessCalls.setNice(thread, nice);
        } catch (SystemCallException e) {
            unlessGone(e);
        }
    }

    @Override
    public Children children() throws IOException {
        return ProcessCalls.children();
    }

    @Override
    public boolean reap(ProcessId child) throws IOException {
        synchronized (REAPING) {
            var found = find(child.pid());
            if (found.isEmpty() || !found.get().id().equals(child) || found.get().parent() != self()) {
                return false;
            }
            try {
                return ProcessCalls.reap(Math.toIntExact(child.pid()));
            } catch (SystemCallException e) {
                if (e.errno() == Errno.ECHILD) {
                    return false;
                }
                throw e;
            }
        }
    }

    @Override
    public boolean canAdopt() {
        return true;
    }

    @Override
    public boolean adopt(boolean on) throws IOException {
        boolean before = ProcessCalls.isChildSubreaper();
        ProcessCalls.setChildSubreaper(on);
        return before;
    }

    private boolean isAlive(ProcessId process) throws IOException {
        return find(process.pid()).filter(found -> found.id().equals(process) && !found.isGone()).isPresent();
    }

    private static boolean unlessGone(SystemCallException e) throws SystemCallException {
        if (e.errno() == Errno.ESRCH) {
            return false;
        }
        throw e;
    }

    private static Optional<OsProcess> read(String pid, byte[] buffer) throws IOException {
        try (var stat = new FileInputStream("/proc/" + pid + "/stat")) {
            int length = stat.read(buffer);   // the kernel gives the whole line at once
            return length > 0
                    ? Optional.of(parse(new String(buffer, 0, length, StandardCharsets.UTF_8)))
                    : Optional.empty();
        } catch (IOException e) {
            // No such file when it was opened, no such process when it was read. Else it is we who can't open files.
            if (Files.notExists(Path.of("/proc", pid))) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Reads a line of {@code /proc/PID/stat}. The name, in brackets, may hold anything, brackets and blanks too. */
    static OsProcess parse(String stat) {
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        long pid = Long.parseLong(stat.substring(0, open - 1));
        var name = stat.substring(open + 1, close).replaceAll("\\p{Cntrl}", "?");
        // From the state on, which the manual counts as field 3.
        var fields = stat.substring(close + 2).split(" ");
        long threads = Long.parseLong(fields[20 - 3]);
        return new OsProcess(
                new ProcessId(pid, Long.parseLong(fields[22 - 3])),
                Long.parseLong(fields[4 - 3]),
                name,
                state(fields[0], threads));
    }

    private static OsProcess.State state(String letter, long threads) {
        return switch (letter) {
            // A process whose first thread has ended looks like a zombie while its other threads go on.
            case "Z", "X", "x" -> threads > 1 ? OsProcess.State.RUNNING : OsProcess.State.GONE;
            case "T" -> OsProcess.State.STOPPED;
            default -> OsProcess.State.RUNNING;
        };
    }
}
