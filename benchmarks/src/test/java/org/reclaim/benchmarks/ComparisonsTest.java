package org.reclaim.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.runner.BenchmarkList;

class ComparisonsTest {

    private static Stream<Case> cases() {
        return Stream.of(
                        Comparisons.track(),
                        Comparisons.end(),
                        Comparisons.batch(),
                        Comparisons.peers(),
                        Comparisons.rings())
                .flatMap(List::stream)
                .flatMap(each -> Stream.concat(Stream.of(each.ours()), each.peers().stream()))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesBenchmarksThatThereAreWithAllTheirParameters(Case each) throws IOException {
        var all = BenchmarkList.readBenchmarkList(getClass().getResourceAsStream(BenchmarkList.BENCHMARK_LIST));
        var found = all.stream()
                .filter(entry -> entry.getUsername().equals(each.benchmark()))
                .toList();

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().getParams().orElse(Map.of()).keySet())
                .isEqualTo(each.parameters().keySet());
    }
}
