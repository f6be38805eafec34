/**
 * Tests of the distribution's bundles in an OSGi container, and of the packed distribution as a program.
 */
package org.reclaim.itests;
