package org.reclaim.launcher.control;

import java.util.Optional;

/** What a frame is; see the package. */
public enum FrameType {
    /** From the client: a console command. */
    COMMAND('c'),
    /** From the client: runs the commands that were sent. */
    RUN('r'),
    /** From the client: a console, with the size and the type of the terminal if there is one. */
    ATTACH('a'),
    /** From the client: tell about the platform. */
    STATUS('s'),
    /** From the client: stop the platform. */
    STOP('q'),
    /** From the client: the input that was asked for; empty at its end. */
    INPUT('i'),
    /** From the client: its terminal has another size now, {@code COLUMNS ROWS}. */
    WINDOW('w'),
    /** From the platform: to standard output. */
    OUTPUT('o'),
    /** From the platform: to standard error. */
    ERRORS('e'),
    /** From the platform: a command reads input. */
    NEED_INPUT('n'),
    /** From the platform that was asked to stop: how long its processes may take to end, milliseconds as text. */
    DEADLINE('d'),
    /** From the platform: the last frame, with the exit status. */
    END('x');

    private static final FrameType[] ALL = values();

    private final byte code;

    FrameType(char code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static Optional<FrameType> of(byte code) {
        for (var type : ALL) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
