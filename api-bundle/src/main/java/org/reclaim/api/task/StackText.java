package org.reclaim.api.task;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where a task's code has failed, or is, as text. */
final class StackText {

    private static final int MAX_LENGTH = 4_000;
    private static final int SHOWN_FRAMES = 3;
    private static final String JDK = "java.base";

    private StackText() {}

    /**
     * The beginning of a stack trace. A throwable that is handed on would keep its class loader alive. Its methods are
     * foreign code, and may throw, too.
     */
    static String of(Throwable failure) {
        try {
            var text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            var whole = text.toString().strip();
            return whole.length() > MAX_LENGTH ? whole.substring(0, MAX_LENGTH) + "..." : whole;
        } catch (Throwable t) { // it must not hide that there was a failure
            return failure.getClass().getName() + " (its text threw " + t.getClass().getName() + ")";
        }
    }

    /** Where a thread is, in one line: what people know it by, so not within the JDK. */
    static String top(Thread thread) {
        var frames = Arrays.stream(thread.getStackTrace())
                .filter(frame -> !JDK.equals(frame.getModuleName()))
                .limit(SHOWN_FRAMES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(" < "));
        return frames.isEmpty() ? "an unknown place" : frames;
    }
}
