package org.reclaim.benchmarks;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** All cases, each measured once, in a JVM of its own. What happens to the machine meanwhile hits both sides. */
final class Round {

    private static final String GARBAGE = "gc.alloc.rate.norm";
    private static final double MEDIAN = 50;

    /** How long a case is measured. */
    record Effort(int warmups, int measurements, int millisEach) {}

    private final Map<Case, RunResult> results = new LinkedHashMap<>();

    /**
     * Measures.
     *
     * @param cases    what
     * @param effort   how long
     * @param jvmFlags flags of the JVMs, besides those of this one
     * @param progress told of each case before it is measured
     */
    static Round of(List<Case> cases, Effort effort, List<String> jvmFlags, Progress progress) throws RunnerException {
        var round = new Round();
        for (var each : cases) {
            progress.begins(each);
            round.results.put(each, measure(each, effort, jvmFlags));
        }
        return round;
    }

    /** Told what is being measured. */
    interface Progress {
        void begins(Case next);
    }

    private static RunResult measure(Case each, Effort effort, List<String> jvmFlags) throws RunnerException {
        var time = TimeValue.milliseconds(effort.millisEach());
        var options = new OptionsBuilder()
                .include("^" + each.benchmark().replace(".", "\\.") + "$")
                .threads(each.threads())
                .forks(1)
                .warmupIterations(effort.warmups() * each.warmth())
                .warmupTime(time)
                .measurementIterations(effort.measurements())
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend(flags(each, jvmFlags))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        each.parameters().forEach(options::param);
        return new Runner(options.build()).runSingle();
    }

    /**
     * All of the heap is there, and touched, from the start. Else what is measured, for seconds, is how the kernel
     * hands out memory, whenever the collector has made the heap larger.
     */
    private static String[] flags(Case each, List<String> more) {
        var heap = Stream.of("-Xms" + each.heap(), "-Xmx" + each.heap(), "-XX:+AlwaysPreTouch");
        return Stream.concat(heap, more.stream()).toArray(String[]::new);
    }

    /** Nanoseconds of one operation: the median of the measurements. */
    double nanos(Case each) {
        return results.get(each).getPrimaryResult().getStatistics().getPercentile(MEDIAN);
    }

    /** Bytes allocated by one operation, and by what prepared it. */
    double allocated(Case each) {
        return results.get(each).getSecondaryResults().get(GARBAGE).getScore();
    }

    /** Keeps all figures, as JMH writes them. */
    void write(Path file) {
        ResultFormatFactory.getInstance(ResultFormatType.JSON, file.toString()).writeOut(results.values());
    }
}
