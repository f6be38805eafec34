package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.util.List;

/**
 * Shows one resource type in the demo. A part is a component that needs the manager of its type, so the demo shows the
 * types that are there. Another type is shown by another class like these.
 */
public interface DemoPart {

    /** The type that it shows. */
    String resourceType();

    /**
     * Acquires several resources for a process and closes none of them.
     *
     * @param pid the owner
     * @return what was acquired
     */
    List<Exhibit> acquire(long pid) throws IOException;
}
