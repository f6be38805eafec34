package org.reclaim.filedescriptors.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.reclaim.syscalls.SystemCalls;

/** Runs code with the rights in the file system that an ordinary user has, also when the tests run as root. */
final class Unprivileged {

    private static final MethodHandle SETFSUID = SystemCalls.link("setfsuid", JAVA_INT, JAVA_INT);
    private static final int ORDINARY_USER = 65_533;

    private Unprivileged() {}

    static <T> T call(Callable<T> body) throws Exception {
        var task = new FutureTask<>(() -> {
            if (ProcessHandle.current().info().user().filter("root"::equals).isPresent()) {
                // Of this thread alone, setfsuid(2): what it makes belongs to that user, and what root may is gone.
                SystemCalls.invoke(
                        "setfsuid", ORDINARY_USER, errno -> (int) SETFSUID.invokeExact(errno, ORDINARY_USER));
            }
            return body.call();
        });
        Thread.ofPlatform().start(task);
        return task.get();
    }
}
