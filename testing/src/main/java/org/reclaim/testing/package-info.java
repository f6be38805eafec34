/**
 * What the unit tests of the resource bundles share: a platform with real tables, and what the kernel says.
 */
package org.reclaim.testing;
