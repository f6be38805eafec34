package org.reclaim.api.mapping;

/** What can be done with a mapping; decided for good when mapping. */
public enum Protection {
    /**
     * It can be read; writing throws {@link IllegalArgumentException}. Nothing being written, {@link Sharing} makes no
     * difference then.
     */
    READ_ONLY,
    /** It can be read and written. For less, hand out {@code segment().asReadOnly()}. */
    READ_WRITE
}
