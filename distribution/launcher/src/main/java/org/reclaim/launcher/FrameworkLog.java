package org.reclaim.launcher;

import java.io.PrintStream;
import org.apache.felix.framework.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * The framework's own log. It would go to standard output, which belongs to the commands; here it is one line per
 * event on standard error.
 */
final class FrameworkLog extends Logger {
    private final PrintStream out;

    FrameworkLog(PrintStream out) {
        this.out = out;
        setLogLevel(LOG_WARNING);
    }

    @Override
    @SuppressWarnings("rawtypes")   // the signature is the framework's
    protected void doLog(Bundle bundle, ServiceReference service, int level, String message, Throwable cause) {
        doLog(level, message, cause);
    }

    @Override
    protected void doLog(int level, String message, Throwable cause) {
        var line = new StringBuilder("reclaim: ").append(message);
        // The framework wraps what a bundle threw, twice at times.
        for (var t = cause; t != null; t = t.getCause()) {
            if (!(t instanceof BundleException) || t.getCause() == null) {
                line.append(": ").append(t);
            }
        }
        out.println(line.toString().replace('\n', ' '));
    }
}
