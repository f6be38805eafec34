package org.reclaim.itests.osgi.foreign.greeting;

import java.io.IOException;

/** A manager's interface as somebody else may have one, in a bundle of its own. */
public interface Greeter {

    /** Answers, or throws. */
    String greet(String name) throws IOException;
}
