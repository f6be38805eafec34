/**
 * What {@code reclaim demo} shows of each resource type.
 */
package org.reclaim.cli.internal.demo;
