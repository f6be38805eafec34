package org.reclaim.api.ring;

/** Thrown when a side of a zero-copy ring has ended: that which is used, or the other one. */
public class RingClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String ring;
    private final RingSide side;

    /**
     * Says which side of which ring has ended.
     *
     * @param ring   the name of the ring
     * @param side   the side that has ended
     * @param reason what that means to the caller
     */
    public RingClosedException(String ring, RingSide side, String reason) {
        super("ring '" + ring + "': the " + side + " has ended; " + reason);
        this.ring = ring;
        this.side = side;
    }

    /**
     * Which ring.
     *
     * @return its name
     */
    public String ring() {
        return ring;
    }

    /**
     * Which side.
     *
     * @return the one that has ended
     */
    public RingSide side() {
        return side;
    }
}
