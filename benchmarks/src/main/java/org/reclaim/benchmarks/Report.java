package org.reclaim.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.reclaim.benchmarks.Footprint.Thing;

/** Turns figures into tables. */
final class Report {

    private static final double NANOS_PER_MILLI = 1e6;

    private Report() {}

    /**
     * Times in nanoseconds: medians over the rounds. A ratio is of two times of the same round; beside the median are
     * the lowest and the highest.
     */
    static List<String> times(List<Comparison> comparisons, List<Round> rounds) {
        var table = new Table(
                "what", "ns", "bytes allocated", "beside", "its ns", "times as fast", "from - to", "bar", "reached in");
        for (var each : comparisons) {
            double[] ratios = sorted(rounds, each::ratio);
            long reached = rounds.stream().filter(each::isReached).count();
            boolean isBarred = !(each.bar() instanceof Bar.None);
            table.add(
                    each.what(),
                    number(median(rounds, each::nanos)),
                    number(median(rounds, round -> round.allocated(each.ours()))),
                    each.peer(),
                    number(median(rounds, each::peerNanos)),
                    number(ratios[ratios.length / 2]),
                    number(ratios[0]) + " - " + number(ratios[ratios.length - 1]),
                    each.bar().toString(),
                    isBarred ? reached + " of " + rounds.size() : "");
        }
        return table.lines();
    }

    /** Times of whole programs in milliseconds: medians over the runs, each beside an empty main. */
    static List<String> programs(List<Programs.Measured> measured) {
        var table = new Table("program", "ms", "empty main, ms", "times as long", "from - to", "bar", "reached in");
        for (var each : measured) {
            double[] ratios = sorted(each.pairs(), Programs.Pair::ratio);
            long reached = each.pairs().stream()
                    .filter(pair -> each.bar().isReached(pair.nanos(), pair.peerNanos()))
                    .count();
            table.add(
                    each.what(),
                    number(median(each.pairs(), Programs.Pair::nanos) / NANOS_PER_MILLI),
                    number(median(each.pairs(), Programs.Pair::peerNanos) / NANOS_PER_MILLI),
                    number(ratios[ratios.length / 2]),
                    number(ratios[0]) + " - " + number(ratios[ratios.length - 1]),
                    each.bar().toString(),
                    reached + " of " + each.pairs().size());
        }
        return table.lines();
    }

    /** Memory of a platform that has nothing to do. */
    static List<String> resident(double megabytes) {
        var table = new Table("resident set", "MB", "bar");
        table.add("the idle platform", number(megabytes), "120");
        return table.lines();
    }

    /** Measures one figure: bytes of one thing on the heap. */
    interface Bytes {
        double of(Footprint.Thing thing, int perProcess) throws IOException, InterruptedException;
    }

    /** Bytes on the heap. */
    static List<String> bytes(Bytes bytes) throws IOException, InterruptedException {
        var table = new Table("bytes of", "per process", "table", "bar", "map of maps", "Cleaner");
        table.add("an idle process", "1", number(bytes.of(Thing.IDLE_PROCESS, 1)), "256", "", "");
        for (var size : List.of(Map.entry(10, 44), Map.entry(1_000, 30), Map.entry(100_000, 30))) {
            int perProcess = size.getKey();
            int bar = size.getValue();
            var maps = number(bytes.of(Thing.IN_MAP_OF_MAPS, perProcess));
            var cleaner = number(bytes.of(Thing.IN_CLEANER, perProcess));
            var tracked = number(bytes.of(Thing.TRACKED, perProcess));
            table.add("a resource", "" + perProcess, tracked, "" + bar, maps, cleaner);
            var reserved = number(bytes.of(Thing.RESERVED, perProcess));
            table.add("the same, reserved", "" + perProcess, reserved, "" + (bar + 16), maps, cleaner);
        }
        return table.lines();
    }

    private static <T> double median(List<T> measured, ToDoubleFunction<T> figure) {
        return sorted(measured, figure)[measured.size() / 2];
    }

    private static <T> double[] sorted(List<T> measured, ToDoubleFunction<T> figure) {
        double[] all = measured.stream().mapToDouble(figure).toArray();
        Arrays.sort(all);
        return all;
    }

    /** With as many decimals as say something. */
    static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.1f" : "%.0f", value);
    }
}
