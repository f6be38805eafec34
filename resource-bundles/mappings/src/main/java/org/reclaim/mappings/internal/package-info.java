/**
 * The resource type {@code mappings}: mapped files and anonymous regions held by processes.
 */
package org.reclaim.mappings.internal;
