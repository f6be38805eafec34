package org.reclaim.orchestrator.internal.table;

/** Turns what plug-ins throw into text, because a throwable would keep their class loader alive. */
public final class Failures {

    private static final int MAX_LENGTH = 500;

    private Failures() {}

    /**
     * Class and message of a throwable, bounded. Its methods are foreign code and may throw, too.
     *
     * @param failure what was thrown
     * @return one line
     */
    public static String describe(Throwable failure) {
        var name = failure.getClass().getName();
        try {
            var message = failure.getMessage();
            return oneLine(message == null || message.isBlank() ? name : name + ": " + message);
        } catch (Throwable t) { // a message that can't be had must not hide that there was a failure
            return name + " (its message threw " + t.getClass().getName() + ")";
        }
    }

    /**
     * A text as one line of bounded length, without control characters.
     *
     * @param text any text
     * @return what can be shown of it
     */
    public static String oneLine(String text) {
        var head = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
        return head.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
