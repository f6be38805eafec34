package org.reclaim.orchestrator.internal.table;

import java.util.regex.Pattern;
import org.reclaim.api.LimitedResourceType;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.TypeOutcome;

/** Names of resource types. */
public final class ResourceTypes {

    private static final Pattern VALID = Pattern.compile("[a-z][a-z0-9_.-]{0,63}");

    private ResourceTypes() {}

    /**
     * Asks a cleanup for its type.
     *
     * @param cleanup foreign code
     * @return a type name
     * @throws IllegalArgumentException if it is no type name, or the cleanup throws anything
     */
    public static String of(ResourceCleanup cleanup) {
        String resourceType;
        try {
            resourceType = cleanup.resourceType();
        } catch (Throwable t) { // foreign code: an Error of its does not concern the caller more than an exception
            throw new IllegalArgumentException(
                    "The cleanup " + cleanup.getClass().getName() + " can't say its type: " + Failures.describe(t), t);
        }
        return requireValid(resourceType);
    }

    /**
     * Asks a cleanup what of its type does not work here.
     *
     * @param cleanup foreign code
     * @return one line; empty if everything works
     */
    public static String limitationOf(ResourceCleanup cleanup) {
        if (cleanup instanceof LimitedResourceType limited) {
            try {
                return limited.limitation().map(Failures::oneLine).orElse("");
            } catch (Throwable t) { // foreign code, and no reason to do without the type
                return "it can't say what does not work: " + Failures.describe(t);
            }
        }
        return "";
    }

    /**
     * Checks a name that somebody else gave.
     *
     * @param resourceType what was given, null included
     * @return the same
     * @throws IllegalArgumentException if it is no type name, or reserved
     */
    public static String requireValid(String resourceType) {
        if (resourceType == null || !VALID.matcher(resourceType).matches()) {
            throw new IllegalArgumentException("The resource type is "
                    + (resourceType == null ? "null" : "'" + Failures.oneLine(resourceType) + "'")
                    + ", must be 1 to 64 of a-z, 0-9, '_', '.' and '-', the first a letter");
        }
        if (resourceType.equals(TypeOutcome.OS_PROCESSES)) {
            throw new IllegalArgumentException("The resource type is '" + resourceType + "', which is reserved");
        }
        return resourceType;
    }
}
