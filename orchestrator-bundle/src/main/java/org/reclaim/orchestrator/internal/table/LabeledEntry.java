package org.reclaim.orchestrator.internal.table;

/** An entry that was reserved, with a size and a label. */
final class LabeledEntry<T> extends Entry<T> {

    private final long bytes;
    private final String label;
    private final boolean heldUntilEnd;

    LabeledEntry(T resource, long bytes, String label, boolean heldUntilEnd) {
        super(resource);
        this.bytes = bytes;
        this.label = label;
        this.heldUntilEnd = heldUntilEnd;
    }

    @Override
    String label() {
        return label;
    }

    @Override
    long bytes() {
        return bytes;
    }

    @Override
    boolean heldUntilEnd() {
        return heldUntilEnd;
    }
}
