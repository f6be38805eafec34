package org.reclaim.launcher;

/** A command line that cannot be understood; the message says in one line what is wrong and what is right. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(Verb verb, String wrong) {
        super(wrong + "; usage: " + verb.usage());
    }

    UsageException(String message) {
        super(message);
    }
}
