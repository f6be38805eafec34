package org.reclaim.benchmarks;

/**
 * What is tracked: something whose release does nothing, so that only the tracking is measured. It runs for
 * {@link java.lang.ref.Cleaner}, which wants to be given the release as an object.
 */
final class Resource implements Runnable {

    @Override
    public void run() {
        // Nothing to give back.
    }
}
