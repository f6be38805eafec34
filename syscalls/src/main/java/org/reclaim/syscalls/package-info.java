/**
 * Calls of the operating system that the JDK does not offer, bound by {@code java.lang.foreign}.
 */
package org.reclaim.syscalls;
