/**
 * What tracking a resource and ending a process cost, beside what people would use instead.
 */
package org.reclaim.benchmarks;
