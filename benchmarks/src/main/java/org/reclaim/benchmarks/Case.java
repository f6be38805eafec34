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

    private static final String SMALL_HEAP = "512m";

    /** For a million processes. */
    private static final String LARGE_HEAP = "2g";

    private static final int LONG_WARMTH = 3;

    static Case of(Class<?> benchmarks, String method, int threads) {
        return new Case(benchmarks.getName() + "." + method, threads, Map.of());
    }

    /** How many times as long as others it warms up: an end is much code, and between two of them others run. */
    int warmth() {
        return isOf(EndBenchmark.class) || isOf(BatchBenchmark.class) ? LONG_WARMTH : 1;
    }

    /** The size of its heap, for a flag of the JVM. */
    String heap() {
        return isOf(BatchBenchmark.class) ? LARGE_HEAP : SMALL_HEAP;
    }

    private boolean isOf(Class<?> benchmarks) {
        return benchmark.startsWith(benchmarks.getName());
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
