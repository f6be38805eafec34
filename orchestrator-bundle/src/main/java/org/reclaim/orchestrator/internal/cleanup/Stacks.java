package org.reclaim.orchestrator.internal.cleanup;

/** Stacks of threads that do not stop, for the log. */
public final class Stacks {

    private static final int MAX_FRAMES = 30;

    private Stacks() {}

    /**
     * A stack as the lines of a stack trace.
     *
     * @param stack from the top
     * @return each frame on a line of its own, after a line break
     */
    public static String format(StackTraceElement[] stack) {
        var text = new StringBuilder();
        for (int i = 0; i < stack.length && i < MAX_FRAMES; i++) {
            text.append("\n    at ").append(stack[i]);
        }
        if (stack.length > MAX_FRAMES) {
            text.append("\n    ... ").append(stack.length - MAX_FRAMES).append(" more");
        }
        return text.isEmpty() ? " an unknown place" : text.toString();
    }
}
