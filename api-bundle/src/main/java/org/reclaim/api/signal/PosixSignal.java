package org.reclaim.api.signal;

import java.util.Arrays;

/**
 * The standard signals of Linux, with their numbers on x86_64 and aarch64: signal(7). Real-time signals have no names,
 * and the JVM can't be made to handle them.
 */
public enum PosixSignal {
    /** The terminal was closed; by convention: read the configuration again. */
    HUP(1, DefaultAction.TERMINATE),
    /** Ctrl-C. */
    INT(2, DefaultAction.TERMINATE),
    /** Ctrl-\. */
    QUIT(3, DefaultAction.DUMP_CORE),
    /** Illegal instruction. */
    ILL(4, DefaultAction.DUMP_CORE),
    /** Trap of a debugger. */
    TRAP(5, DefaultAction.DUMP_CORE),
    /** abort(3). */
    ABRT(6, DefaultAction.DUMP_CORE),
    /** Access to memory that is not there, such as a mapped file that was truncated. */
    BUS(7, DefaultAction.DUMP_CORE),
    /** Erroneous arithmetic. */
    FPE(8, DefaultAction.DUMP_CORE),
    /** Ends a process; can't be caught, blocked or ignored. */
    KILL(9, DefaultAction.TERMINATE),
    /** Free for any use. */
    USR1(10, DefaultAction.TERMINATE),
    /** Access to memory that is not one's own. */
    SEGV(11, DefaultAction.DUMP_CORE),
    /** Free for any use, in other programs than a JVM. */
    USR2(12, DefaultAction.TERMINATE),
    /** Writing to a pipe or socket that nobody reads. */
    PIPE(13, DefaultAction.TERMINATE),
    /** alarm(2). */
    ALRM(14, DefaultAction.TERMINATE),
    /** Asks a process to end. */
    TERM(15, DefaultAction.TERMINATE),
    /** Not used by Linux. */
    STKFLT(16, DefaultAction.TERMINATE),
    /** A child has ended or stopped. */
    CHLD(17, DefaultAction.IGNORE),
    /** Go on, if stopped. */
    CONT(18, DefaultAction.CONTINUE),
    /** Stops a process; can't be caught, blocked or ignored. */
    STOP(19, DefaultAction.STOP),
    /** Ctrl-Z. */
    TSTP(20, DefaultAction.STOP),
    /** A process in the background reads the terminal. */
    TTIN(21, DefaultAction.STOP),
    /** A process in the background writes to the terminal. */
    TTOU(22, DefaultAction.STOP),
    /** Urgent data at a socket. */
    URG(23, DefaultAction.IGNORE),
    /** Too much processor time. */
    XCPU(24, DefaultAction.DUMP_CORE),
    /** A file grows too large. */
    XFSZ(25, DefaultAction.DUMP_CORE),
    /** Virtual timer. */
    VTALRM(26, DefaultAction.TERMINATE),
    /** Profiling timer. */
    PROF(27, DefaultAction.TERMINATE),
    /** The terminal has another size. */
    WINCH(28, DefaultAction.IGNORE),
    /** Input or output is possible. */
    IO(29, DefaultAction.TERMINATE),
    /** Power fails. */
    PWR(30, DefaultAction.TERMINATE),
    /** Bad system call. */
    SYS(31, DefaultAction.DUMP_CORE);

    /** What a signal does to a process that has not said otherwise: the column "Action" of signal(7). */
    public enum DefaultAction {
        /** It ends the process. */
        TERMINATE,
        /** It ends the process, with a core dump; for what runs in the JVM the same as {@link #TERMINATE}. */
        DUMP_CORE,
        /** Nothing. */
        IGNORE,
        /** It stops the process, which nothing can do to what runs in the JVM. */
        STOP,
        /** It lets the process go on; nothing for what was not stopped. */
        CONTINUE
    }

    private final int number;
    private final DefaultAction defaultAction;

    PosixSignal(int number, DefaultAction defaultAction) {
        this.number = number;
        this.defaultAction = defaultAction;
    }

    /**
     * Its number.
     *
     * @return from 1 to 31
     */
    public int number() {
        return number;
    }

    /**
     * What it does where nobody handles or ignores it.
     *
     * @return the action
     */
    public DefaultAction defaultAction() {
        return defaultAction;
    }

    /**
     * Whether a process can handle, block or ignore it.
     *
     * @return false for {@link #KILL} and {@link #STOP}
     */
    public boolean isCatchable() {
        return this != KILL && this != STOP;
    }

    /**
     * The signal with a number.
     *
     * @param number from 1 to 31
     * @return the signal
     * @throws IllegalArgumentException if there is none; 0 in particular, which asks kill(2) for an existence check,
     *                                  is none
     */
    public static PosixSignal of(int number) {
        return Arrays.stream(values())
                .filter(signal -> signal.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("number is " + number + ", must be from 1 to 31"));
    }

    /**
     * The signal with a name.
     *
     * @param name such as {@code TERM} or {@code SIGTERM}
     * @return the signal
     * @throws IllegalArgumentException if there is none
     */
    public static PosixSignal of(String name) {
        return Arrays.stream(values())
                .filter(signal -> name.equals(signal.name()) || name.equals(signal.toString()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "name is '" + name + "', must be one of " + Arrays.toString(values())));
    }

    /**
     * Its full name.
     *
     * @return such as {@code SIGTERM}
     */
    @Override
    public String toString() {
        return "SIG" + name();
    }
}
