package org.reclaim.api.ring;

/**
 * Thrown when the shared memory of a ring has what no correct peer writes. Nothing outside of the ring was touched;
 * the ring is of no more use.
 */
public class RingCorruptedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what was found where.
     *
     * @param ring  the name of the ring
     * @param found what is wrong, and what would be right
     */
    public RingCorruptedException(String ring, String found) {
        super("ring '" + ring + "' is corrupted: " + found);
    }
}
