package org.reclaim.cli.internal.demo;

import java.io.IOException;

/**
 * One resource that the demo has acquired.
 *
 * @param what  its kind
 * @param where what identifies it from outside: path, address, size
 * @param check finds out whether it is still there, by asking anybody but Reclaim
 */
public record Exhibit(String what, String where, Check check) {

    /** Looks for one resource. */
    @FunctionalInterface
    public interface Check {

        /** True if the resource is still there. */
        boolean isThere() throws IOException;
    }
}
