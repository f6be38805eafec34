/**
 * What the launcher runs in the started platform. It looks the commands up as
 * {@code Function<Map<String, Object>, Integer>} with the service property {@code reclaim.command}; each is a plain
 * class behind a thin component, so that tests run it without a framework.
 */
package org.reclaim.cli.internal;
