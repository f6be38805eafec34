package org.reclaim.benchmarks;

/** What a comparison wants to reach. */
sealed interface Bar {

    /** Whether a time, in nanoseconds, reaches it beside that of the peer. */
    boolean isReached(double own, double peer);

    /** None: the figures are for information. */
    record None() implements Bar {
        @Override
        public boolean isReached(double own, double peer) {
            return true;
        }

        @Override
        public String toString() {
            return "";
        }
    }

    /** So many times as fast. */
    record Faster(double times) implements Bar {
        @Override
        public boolean isReached(double own, double peer) {
            return own * times <= peer;
        }

        @Override
        public String toString() {
            return Report.number(times) + " times as fast";
        }
    }

    /** So many times its time at most. */
    record AtMost(double times) implements Bar {
        @Override
        public boolean isReached(double own, double peer) {
            return own <= peer * times;
        }

        @Override
        public String toString() {
            return "at most " + times + " times its time";
        }
    }

    /** So many nanoseconds more at most. */
    record Above(double nanos) implements Bar {
        @Override
        public boolean isReached(double own, double peer) {
            return own <= peer + nanos;
        }

        @Override
        public String toString() {
            return "at most " + Report.number(nanos) + " ns more";
        }
    }

    /** So many times as long at most. */
    record Within(double times) implements Bar {
        @Override
        public boolean isReached(double own, double peer) {
            return own <= peer * times;
        }

        @Override
        public String toString() {
            return "at most " + Report.number(times) + " times as long";
        }
    }
}
