package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** System calls on processes. None of them waits. Thread-safe. */
public final class ProcessCalls {

    /** Ends a process; can't be caught. */
    public static final int SIGKILL = 9;

    /** Asks a process to end. */
    public static final int SIGTERM = 15;

    /** Lets a stopped process go on. */
    public static final int SIGCONT = 18;

    /** Stops a process; can't be caught. */
    public static final int SIGSTOP = 19;

    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final int P_ALL = 0;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int PRIO_PROCESS = 0;
    private static final int MIN_NICE = -20;
    private static final int MAX_NICE = 19;
    private static final int SIGINFO_BYTES = 128;
    private static final int TIMESPEC_BYTES = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final MethodHandle PRCTL =
            SystemCalls.linkVariadic("prctl", 1, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private ProcessCalls() {}

    /** What only some need. Linking takes milliseconds of the start of a JVM, so each waits for its first call. */
    private static final class Signalling {
        static final MethodHandle KILL = SystemCalls.link("kill", JAVA_INT, JAVA_INT, JAVA_INT);

        // Raw: not every C library has functions for these.
        static final MethodHandle PIDFD_OPEN =
                SystemCalls.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
        static final MethodHandle PIDFD_SEND_SIGNAL =
                SystemCalls.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    }

    /** As above. */
    private static final class Waiting {
        static final MethodHandle WAITPID = SystemCalls.link("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle WAITID =
                SystemCalls.link("waitid", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    }

    /** As above. */
    private static final class Priority {
        static final MethodHandle SETPRIORITY =
                SystemCalls.link("setpriority", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    }

    /** As above. */
    private static final class Clock {
        static final MethodHandle CLOCK_GETTIME =
                SystemCalls.link("clock_gettime", JAVA_INT, JAVA_INT, ADDRESS);
    }

    /** What is known of the calling process's children. */
    public enum Children {
        /** It has none. */
        NONE,
        /** It has some, and none of them has ended. */
        RUNNING,
        /** At least one has ended, and nobody has waited for it yet. */
        ENDED
    }

    /**
     * Makes the calling process the one that adopts its orphaned descendants, or no longer: prctl(2),
     * {@code PR_SET_CHILD_SUBREAPER}. Those adopted before stay its children.
     *
     * @param on whether to adopt
     * @throws SystemCallException if the kernel refuses
     */
    public static void setChildSubreaper(boolean on) throws SystemCallException {
        prctl("PR_SET_CHILD_SUBREAPER", PR_SET_CHILD_SUBREAPER, on ? 1 : 0);
    }

    /**
     * Says whether the calling process adopts its orphaned descendants: prctl(2), {@code PR_GET_CHILD_SUBREAPER}.
     *
     * @return the attribute
     * @throws SystemCallException if the kernel refuses
     */
    public static boolean isChildSubreaper() throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var on = arena.allocate(JAVA_INT);
            prctl("PR_GET_CHILD_SUBREAPER", PR_GET_CHILD_SUBREAPER, on.address());
            return on.get(JAVA_INT, 0) != 0;
        }
    }

    /**
     * Opens a descriptor that stands for a process, so that a signal sent through it never reaches another one that
     * got the same number later: pidfd_open(2), Linux 5.3.
     *
     * @param pid a process, from 1; ended ones count until they are waited for
     * @return the descriptor, to be closed by {@link DescriptorCalls#close}
     * @throws SystemCallException {@link Errno#ESRCH} if there is no such process, {@link Errno#ENOSYS} on a kernel
     *                             without the call
     */
    public static int openPidfd(int pid) throws SystemCallException {
        requirePid(pid);
        return (int) SystemCalls.invoke(
                "pidfd_open", pid, errno -> (long) Signalling.PIDFD_OPEN.invokeExact(errno, SYS_PIDFD_OPEN, pid, 0));
    }

    /**
     * Sends a signal to the process that a descriptor stands for: pidfd_send_signal(2), Linux 5.1.
     *
     * @param pidfd  from {@link #openPidfd}
     * @param signal the signal's number
     * @throws SystemCallException {@link Errno#ESRCH} if the process has ended and was waited for,
     *                             {@link Errno#EPERM} if it belongs to somebody else
     */
    public static void sendSignal(int pidfd, int signal) throws SystemCallException {
        SystemCalls.invoke("pidfd_send_signal", "signal " + signal, errno ->
                (long) Signalling.PIDFD_SEND_SIGNAL.invokeExact(
                errno, SYS_PIDFD_SEND_SIGNAL, pidfd, signal, MemorySegment.NULL, 0));
    }

    /**
     * Sends a signal to the process that has a number now: kill(2). Not to a group, and not to everybody: the pids
     * that mean those are refused.
     *
     * @param pid    a process, from 1
     * @param signal the signal's number; 0 sends nothing, and checks whether it could
     * @throws SystemCallException {@link Errno#ESRCH} if there is no such process, {@link Errno#EPERM} if it belongs
     *                             to somebody else
     */
    public static void kill(int pid, int signal) throws SystemCallException {
        requirePid(pid);
        SystemCalls.invoke("kill", pid, errno -> (int) Signalling.KILL.invokeExact(errno, pid, signal));
    }

    /**
     * Sets how much a thread gives way to others, for itself and for what it starts from now on: setpriority(2). The
     * first thread of a process has the number of the process.
     *
     * @param thread the number of a thread, from 1
     * @param nice   from -20, which gives way to nobody, to 19
     * @throws SystemCallException {@link Errno#ESRCH} if there is no such thread, {@link Errno#EACCES} or
     *                             {@link Errno#EPERM} if the caller may not
     */
    public static void setNice(int thread, int nice) throws SystemCallException {
        requirePid(thread);
        if (nice < MIN_NICE || nice > MAX_NICE) {
            throw new IllegalArgumentException(
                    "nice is " + nice + ", must be " + MIN_NICE + " to " + MAX_NICE);
        }
        SystemCalls.invoke("setpriority", thread, errno ->
                (int) Priority.SETPRIORITY.invokeExact(errno, PRIO_PROCESS, thread, nice));
    }

    /**
     * Removes a child that has ended from the process table, if it has: waitpid(2) with {@code WNOHANG}. For exactly
     * this child: the pids that mean any child are refused, because those of the JDK's {@link Process} are waited for
     * by the JDK, which would never learn how they ended.
     *
     * @param pid a child of this process, from 1
     * @return false if it has not ended, or if a tracer has not let go of it
     * @throws SystemCallException {@link Errno#ECHILD} if it is no child of this process, or not any more
     */
    public static boolean reap(int pid) throws SystemCallException {
        requirePid(pid);
        return SystemCalls.invoke("waitpid", pid, errno ->
                (int) Waiting.WAITPID.invokeExact(errno, pid, MemorySegment.NULL, WNOHANG)) != 0;
    }

    /**
     * Looks at the children of this process without waiting for any of them: waitid(2) with {@code WNOHANG} and
     * {@code WNOWAIT}. One call, however many processes there are.
     *
     * @return whether there are any, and whether one has ended
     * @throws SystemCallException if the kernel refuses
     */
    public static Children children() throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            // si_signo comes first; the kernel leaves it 0 if no child has ended.
            var info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
            long result = SystemCalls.attempt(errno ->
                    (int) Waiting.WAITID.invokeExact(errno, P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT));
            if (result == -Errno.ECHILD) {
                return Children.NONE;
            }
            if (result < 0) {
                throw new SystemCallException("waitid", "any child", (int) -result);
            }
            return info.get(JAVA_INT, 0) == 0 ? Children.RUNNING : Children.ENDED;
        }
    }

    /**
     * The clock by which the kernel notes when processes started: clock_gettime(2), {@code CLOCK_BOOTTIME}.
     *
     * @return nanoseconds since the system was booted, time asleep included
     * @throws SystemCallException if the kernel refuses
     */
    public static long nanosSinceBoot() throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var time = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
            SystemCalls.invoke("clock_gettime", "CLOCK_BOOTTIME", errno ->
                    (int) Clock.CLOCK_GETTIME.invokeExact(errno, CLOCK_BOOTTIME, time));
            return time.get(JAVA_LONG, 0) * NANOS_PER_SECOND + time.get(JAVA_LONG, Long.BYTES);
        }
    }

    private static void prctl(String name, int option, long argument) throws SystemCallException {
        SystemCalls.invoke("prctl", name, errno -> (int) PRCTL.invokeExact(errno, option, argument, 0L, 0L, 0L));
    }

    /** Numbers below 1 mean groups of processes to kill(2) and waitpid(2). */
    private static void requirePid(int pid) {
        if (pid < 1) {
            throw new IllegalArgumentException("pid is " + pid + ", must be 1 or more");
        }
    }
}
