package org.reclaim.rings.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Takes the steps of an acquisition back, the last one first, unless it succeeded. For one thread. */
final class Undo implements AutoCloseable {

    private final Deque<Step> steps = new ArrayDeque<>();

    /** Takes one step back. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    void add(Step step) {
        steps.push(step);
    }

    /** All has succeeded. */
    void forget() {
        steps.clear();
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (var step : steps) {
            try {
                step.run();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
