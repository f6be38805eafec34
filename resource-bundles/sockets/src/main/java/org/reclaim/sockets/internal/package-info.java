/**
 * The resource type {@code sockets}: TCP, UDP and Unix-domain sockets.
 */
package org.reclaim.sockets.internal;
