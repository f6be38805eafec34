package org.reclaim.api.fd;

/** What a file lock excludes. */
public enum LockMode {
    /** Exclusive holders only. */
    SHARED,
    /** All other holders. */
    EXCLUSIVE
}
