package org.reclaim.api;

import java.util.List;

/**
 * Which of the expected types have a cleanup.
 *
 * @param expected the types that should be there, in the order asked
 * @param bound    those of them that have a cleanup
 * @param missing  those that have none
 */
public record Coverage(List<String> expected, List<String> bound, List<String> missing) {

    /** Copies the lists. */
    public Coverage {
        expected = List.copyOf(expected);
        bound = List.copyOf(bound);
        missing = List.copyOf(missing);
    }

    /**
     * Says whether nothing is missing.
     *
     * @return true if every expected type is bound
     */
    public boolean isComplete() {
        return missing.isEmpty();
    }

    /**
     * The warning for each missing type, as it is logged.
     *
     * @return {@code Resource type 'x' not registered - potential leak source!} per missing type
     */
    public List<String> warnings() {
        return missing.stream()
                .map(type -> "Resource type '" + type + "' not registered - potential leak source!")
                .toList();
    }
}
