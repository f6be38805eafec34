package org.reclaim.signals.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessState;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.Errno;
import org.reclaim.syscalls.ProcessCalls;
import org.reclaim.syscalls.SystemCallException;

/** Sends signals to commands, through a descriptor of the process: pidfd_open(2), pidfd_send_signal(2). */
final class CommandSignals {

    /** From the state on, which comes after the name in brackets: proc_pid_stat(5), fields 3 and 4. */
    private static final int STATE = 0;

    private static final int PARENT = 1;

    private final ProcessManager processes;

    CommandSignals(ProcessManager processes) {
        this.processes = processes;
    }

    void send(ProcessInfo command, PosixSignal signal) throws IOException {
        if (command.state().compareTo(ProcessState.RUNNING) < 0) {
            throw new IllegalStateException("Process " + command.pid() + " can't take " + signal
                    + ": its command was not started yet");
        }
        if (command.state() != ProcessState.RUNNING || command.osPid().isEmpty()) {
            throw ended(command);
        }
        int osPid = Math.toIntExact(command.osPid().getAsLong());
        int pidfd = open(command, osPid);
        try {
            // Looked at after it was opened: if the number is still the command's now, then so is the descriptor,
            // whatever comes later. A child keeps its number until the JVM waits for it, and the manager learns of that
            // at once; in between all numbers would have to be used up, and this one fall to another child.
            if (!isLiveChild(osPid) || !isRunning(command)) {
                throw ended(command);
            }
            ProcessCalls.sendSignal(pidfd, signal.number());
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ESRCH) {
                throw ended(command);
            }
            throw e;
        } finally {
            DescriptorCalls.close(pidfd);
        }
    }

    private static int open(ProcessInfo command, int osPid) throws SystemCallException {
        try {
            return ProcessCalls.openPidfd(osPid);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ESRCH) {
                throw ended(command);
            }
            if (e.errno() == Errno.ENOSYS) {
                throw new UnsupportedOperationException("This kernel has no descriptors of processes", e);
            }
            throw e;
        }
    }

    /** One that has ended and was not waited for is none: the signal would go nowhere. */
    private static boolean isLiveChild(int osPid) throws IOException {
        var file = Path.of("/proc/" + osPid + "/stat");
        String stat;
        try {
            stat = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // No such file when it was opened, or no such process when it was read. Else it is we who can't read.
            if (Files.notExists(file)) {
                return false;
            }
            throw e;
        }
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return !fields[STATE].equals("Z") && Long.parseLong(fields[PARENT]) == ProcessHandle.current().pid();
    }

    private boolean isRunning(ProcessInfo command) {
        return processes.process(command.pid()).filter(now -> now.state() == ProcessState.RUNNING).isPresent();
    }

    private static ProcessEndedException ended(ProcessInfo command) {
        return new ProcessEndedException(command.pid(), Signals.RECEIVE);
    }
}
