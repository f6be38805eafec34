/**
 * Calls of the operating system that the JDK does not offer, bound by {@code java.lang.foreign}. Bundles copy what they
 * use privately: nothing here is API, and no state is shared between copies.
 */
package org.reclaim.syscalls;
