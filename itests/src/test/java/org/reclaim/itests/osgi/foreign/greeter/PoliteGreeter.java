package org.reclaim.itests.osgi.foreign.greeter;

import java.io.IOException;
import org.osgi.service.component.annotations.Component;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.itests.osgi.foreign.greeting.Greeter;

/** Somebody else's type with a manager. */
@Component(
        service = ResourceCleanup.class,
        property = "reclaim.manager=org.reclaim.itests.osgi.foreign.greeting.Greeter")
public final class PoliteGreeter implements ResourceCleanup, Greeter {

    @Override
    public String greet(String name) throws IOException {
        if (name.isEmpty()) {
            throw new IOException("nobody there");
        }
        return "Good day, " + name;
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return CleanupStats.NONE;
    }

    @Override
    public String resourceType() {
        return "greetings";
    }

    @Override
    public boolean hasResources(long pid) {
        return false;
    }
}
