/**
 * Starts the platform: for good, with the interactive console, or for one command.
 */
package org.reclaim.launcher;
