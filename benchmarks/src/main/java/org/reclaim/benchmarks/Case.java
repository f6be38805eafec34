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

    static Case of(Class<?> benchmarks, String method, int threads) {
        return new Case(benchmarks.getName() + "." + method, threads, Map.of());
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
