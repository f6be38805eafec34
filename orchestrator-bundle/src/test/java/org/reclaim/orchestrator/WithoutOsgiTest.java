package org.reclaim.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.LimitedResourceType;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome.Status;

/** The platform on a plain class path, as its first users asked for it. */
class WithoutOsgiTest {

    /** A type that the orchestrator has to ask, because it has no table. */
    private static ResourceCleanup cleanup(String type, long freed) {
        var cleaned = ConcurrentHashMap.<Long>newKeySet();
        return new ResourceCleanup() {
            @Override
            public CleanupStats cleanup(long pid) {
                return cleaned.add(pid) ? CleanupStats.of(type, freed, 0, 0, Duration.ZERO) : CleanupStats.NONE;
            }

            @Override
            public String resourceType() {
                return type;
            }

            @Override
            public boolean hasResources(long pid) {
                return !cleaned.contains(pid);
            }
        };
    }

    /** A type with a table, whose resources are flags that are set when they are released. */
    private static final class Flags
            implements ResourceTypeProvider, ResourceCleanup, LimitedResourceType {

        private final String type;
        private final int ranking;
        private final List<String> order;
        private ResourceTable<AtomicBoolean> table;

        Flags(String type, int ranking, List<String> order) {
            this.type = type;
            this.ranking = ranking;
            this.order = order;
        }

        @Override
        public int ranking() {
            return ranking;
        }

        @Override
        public ResourceCleanup create(ResourceTables tables) {
            table = tables.open(type, AtomicBoolean.class, flag -> {
                order.add(type);
                flag.set(true);
            });
            return this;
        }

        @Override
        public CleanupStats cleanup(long pid) {
            return table.releaseAll(pid);
        }

        @Override
        public Optional<String> limitation() {
            return type.equals("flagless") ? Optional.of("there are no\nflags") : Optional.empty();
        }

        @Override
        public String resourceType() {
            return type;
        }

        @Override
        public boolean hasResources(long pid) {
            return table.hasResources(pid);
        }
    }

    @Test
    void anOrchestratorWithOneCleanupSaysWhatItFreedAndHowLongItTook() {
        var orchestrator = ResourceOrchestrators.builder().register(cleanup("test", 5)).build();

        var result = orchestrator.cleanupProcess(1);

        assertThat(result.isSuccess()).isTrue();
        assertThat(result.stats().cleanupDurationMicros()).isPositive();
        assertThat(result.stats().byType().get("test")).isEqualTo(5);
    }

    @Test
    void anOrchestratorWarnsOfEachExpectedTypeThatIsMissing() {
        var orchestrator = ResourceOrchestrators.builder().register(cleanup("memory", 1)).build();

        var coverage = orchestrator.validateCoverage(List.of("memory", "sockets"));

        assertThat(coverage.missing()).containsExactly("sockets");
        assertThat(coverage.warnings())
                .containsExactly("Resource type 'sockets' not registered - potential leak source!");
    }

    @Test
    void withoutRankingsTheLastRegisteredIsCleanedFirst() {
        var orchestrator = ResourceOrchestrators.builder()
                .register(cleanup("first", 1))
                .register(cleanup("second", 1))
                .register(cleanup("highest", 1), CleanupRanking.MEMORY)
                .build();

        assertThat(orchestrator.registeredTypes()).containsExactly("highest", "second", "first");
        assertThat(orchestrator.cleanupProcess(7).stats().byType().keySet())
                .containsExactly("highest", "second", "first");
    }

    @Test
    void theEndOfAProcessReleasesWhatItHoldsInTheOrderOfTheRankings() {
        var order = Collections.synchronizedList(new ArrayList<String>());
        var low = new Flags("low", 1, order);
        var high = new Flags("high", 2, order);
        try (var reclaim = ProcessManagers.builder().with(low).with(high).build()) {
            var process = reclaim.start(ProcessSpec.logical("holder"));
            var ofLow = low.table.track(process.pid(), new AtomicBoolean());
            var ofHigh = high.table.track(process.pid(), new AtomicBoolean());
            var flag = ofLow.get();

            var end = reclaim.terminate(process.pid());

            assertThat(order).containsExactly("high", "low");
            assertThat(flag).isTrue();
            assertThat(end.cleanup().outcomes()).allMatch(outcome -> outcome.status() == Status.FREED);
            assertThat(end.cleanup().stats().byType()).containsEntry("low", 1L).containsEntry("high", 1L);
            assertThatThrownBy(ofHigh::get).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> low.table.track(process.pid(), new AtomicBoolean()))
                    .isInstanceOf(ProcessEndedException.class);
        }
    }

    @Test
    void aTypeThatIsLimitedHereSaysSo() {
        var all = List.of("flagless", "flags");
        var builder = ProcessManagers.builder();
        all.forEach(type -> builder.with(new Flags(type, 1, new ArrayList<>())));
        try (var reclaim = builder.build()) {
            assertThat(reclaim.inventory().types())
                    .filteredOn(type -> all.contains(type.resourceType()))
                    .extracting(ResourceTypeInfo::resourceType, ResourceTypeInfo::limitation)
                    .containsExactlyInAnyOrder(tuple("flagless", "there are no flags"), tuple("flags", ""));
        }
    }

    @Test
    void aTaskEndsItsProcessWhenItReturns() throws Exception {
        var flags = new Flags("flags", 1, Collections.synchronizedList(new ArrayList<>()));
        try (var reclaim = ProcessManagers.builder().with(flags).build()) {
            var process = reclaim.start(ProcessSpec.task("task", () -> flags.table.track(
                    CurrentProcess.pid().orElseThrow(), new AtomicBoolean())));

            var end = process.await(Duration.ofSeconds(10)).orElseThrow();

            assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
            assertThat(reclaim.processes()).isEmpty();
        }
    }
}
