package org.reclaim.api;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Acquires what a process needs before anything of it runs. */
@FunctionalInterface
@ConsumerType
public interface Preparation {

    /**
     * Called once, on the thread that starts the process. What it acquires for {@code pid} belongs to the process.
     *
     * @param pid the new process
     * @return variables to add to a command's environment; ignored for other kinds
     * @throws Exception to give up: the process is ended, what it holds is freed, and nothing was started
     */
    Map<String, String> prepare(long pid) throws Exception;
}
