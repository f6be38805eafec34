package org.reclaim.benchmarks;

import java.util.Map;
import java.util.TreeMap;

/**
 * One thing to measure.
 *
 * @param benchmark  class and method
 * @param threads    how many threads do it at the same time
 * @param parameters values of the benchmark's parameters
 */
record Case(String benchmark, int threads, Map<String, String> parameters) {

    private static final int LONG_WARMTH = 7;

    static Case of(Class<?> benchmarks, String method, int threads) {
        return new Case(benchmarks.getName() + "." + method, threads, Map.of());
    }

    /** How many times as long as others it warms up: an end is much code, and between two of them others run. */
    int warmth() {
        return benchmark.startsWith(EndBenchmark.class.getName())
                        || benchmark.startsWith(BatchBenchmark.class.getName())
                ? LONG_WARMTH
                : 1;
    }

    Case with(String parameter, Object value) {
        var more = new TreeMap<>(parameters);
        more.put(parameter, String.valueOf(value));
        return new Case(benchmark, threads, more);
    }

    @Override
    public String toString() {
        var name = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
        return name + (parameters.isEmpty() ? "" : " " + parameters) + ", " + threads + " thread"
                + (threads == 1 ? "" : "s");
    }
}
