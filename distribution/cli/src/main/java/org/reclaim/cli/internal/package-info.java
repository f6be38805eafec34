/**
 * The commands of the console and of the command line.
 */
package org.reclaim.cli.internal;
