package org.reclaim.cli.internal;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The standard streams, passed in so that tests can read what is written.
 *
 * @param in  what the user types
 * @param out results
 * @param err what went wrong, and reports that must not mix with a command's output
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err) {

    static Terminal system() {
        return new Terminal(System.in, System.out, System.err);
    }

    /** One line on the error stream, whatever the text. */
    public void complain(String text) {
        err.println("reclaim: " + text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?"));
    }

    /** The status of a command whose result is its output: output that got lost, on a full disk, is a failure. */
    public int delivered(int status) {
        if (out.checkError() && status == ExitStatus.OK) {
            complain("the output could not be written");
            return ExitStatus.FAILED;
        }
        return status;
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
