package org.reclaim.api.mapping;

/** Who sees what is written to a mapping: {@code MAP_SHARED} or {@code MAP_PRIVATE} of mmap(2). */
public enum Sharing {
    /** All who map the same file or read it; what is written goes to the file. */
    SHARED,
    /**
     * This mapping only: what is written goes to copies of the pages, and is lost when it is unmapped. Whether it shows
     * what others write to the file meanwhile is unspecified.
     */
    PRIVATE
}
