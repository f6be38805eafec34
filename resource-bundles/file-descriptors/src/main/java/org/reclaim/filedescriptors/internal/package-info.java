/**
 * The resource type {@code file_descriptors}: files, temporary files and folders, file locks.
 */
package org.reclaim.filedescriptors.internal;
