package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.orchestrator.internal.testing.TestPlatform.outcome;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** Cleanups that throw or lie. Whatever one does, it is named, and the types after it are cleaned. */
class CleanupFaultsTest {

    /** Nothing here hangs: what takes long has not got a processor. */
    private final TestPlatform platform =
            TestPlatform.create(settings -> settings.deadline(Duration.ofSeconds(20)));
    private final Asked first = new Asked("first");
    private final Asked last = new Asked("last");
    private long pid;

    @BeforeEach
    void surround() {
        platform.bind(first, 100);
        platform.bind(last, -100);
        pid = platform.start();
        first.hold(pid);
        last.hold(pid);
    }

    @AfterEach
    void theOthersWereCleaned() {
        assertThat(first.cleaned()).containsExactly(pid);
        assertThat(last.cleaned()).containsExactly(pid);
        platform.close();
    }

    private ProcessEnd endWith(Asked faulty) {
        platform.bind(faulty, 0);
        faulty.hold(pid);
        var end = platform.terminate(pid);
        assertThat(end.cleanup().outcomes())
                .extracting(outcome -> outcome.resourceType())
                .containsExactly("first", "faulty", "last");
        assertThat(outcome(end, "first").status()).isEqualTo(Status.FREED);
        assertThat(outcome(end, "last").status()).isEqualTo(Status.FREED);
        return end;
    }

    /** Something that is thrown, and what shows of it. */
    private record Fault(Throwable thrown, String detail) {
        @Override
        public String toString() {
            return thrown.getClass().getSimpleName();
        }
    }

    static Stream<Fault> throwables() {
        return Stream.of(
                new Fault(new IllegalStateException("broken"), "java.lang.IllegalStateException: broken"),
                new Fault(new IOException("sneaked"), "java.io.IOException: sneaked"),
                new Fault(new StackOverflowError("deep"), "java.lang.StackOverflowError: deep"),
                new Fault(new NoClassDefFoundError("org/x/Gone"), "java.lang.NoClassDefFoundError: org/x/Gone"),
                new Fault(new OutOfMemoryError("full"), "java.lang.OutOfMemoryError: full"),
                new Fault(new RuntimeException((String) null), "java.lang.RuntimeException"),
                new Fault(new InterruptedException("odd"), "java.lang.InterruptedException: odd"),
                new Fault(new RuntimeException("two\nlines\u001b[31m"), "java.lang.RuntimeException: two lines [31m"),
                new Fault(new Hostile(), Hostile.class.getName() + " (its message threw java.lang.AssertionError)"));
    }

    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new AssertionError();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable throwable) throws T {
        throw (T) throwable;
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void whateverCleanupThrowsIsFailedAndNamed(Fault fault) {
        var end = endWith(new Asked("faulty") {
            @Override
            public CleanupStats cleanup(long pid) {
                sneak(fault.thrown());
                return CleanupStats.NONE;
            }
        });

        var outcome = outcome(end, "faulty");
        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).isEqualTo(fault.detail());
        assertThat(outcome.stats().errorsEncountered()).isEqualTo(1);
        assertThat(end.cleanup().isSuccess()).isFalse();
        assertThat(end.cleanup().errors()).containsExactly("faulty: FAILED (" + fault.detail() + ")");
        assertThat(platform.unsettled()).singleElement().satisfies(pair -> {
            assertThat(pair.pid()).isEqualTo(pid);
            assertThat(pair.resourceType()).isEqualTo("faulty");
            assertThat(pair.status()).isEqualTo(Status.FAILED);
        });
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void ifHasResourcesThrowsItIsFailedButCleanedAllTheSame(Fault fault) {
        var faulty = new Asked("faulty") {
            @Override
            public boolean hasResources(long pid) {
                sneak(fault.thrown());
                return false;
            }
        };
        var outcome = outcome(endWith(faulty), "faulty");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).contains("hasResources: " + fault.detail());
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(faulty.cleaned()).containsExactly(pid);
    }

    @Test
    void nullIsFailed() {
        var outcome = outcome(
                endWith(new Asked("faulty") {
                    @Override
                    public CleanupStats cleanup(long pid) {
                        super.cleanup(pid);
                        return null;
                    }
                }),
                "faulty");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).isEqualTo("cleanup returned null");
    }

    @Test
    void aNegativeResultIsFailed() {
        var outcome = outcome(
                endWith(new Asked("faulty") {
                    @Override
                    public CleanupStats cleanup(long pid) {
                        return CleanupStats.of("faulty", -1, 0, 0, Duration.ZERO);
                    }
                }),
                "faulty");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).contains("resourcesFreed is -1");
        assertThat(outcome.stats().resourcesFreed()).isZero();
    }

    @Test
    void countedErrorsAreFailedAndKeepTheirCount() {
        var outcome = outcome(
                endWith(new Asked("faulty") {
                    @Override
                    public CleanupStats cleanup(long pid) {
                        super.cleanup(pid);
                        return CleanupStats.of("faulty", 1, 10, 3, Duration.ZERO);
                    }
                }),
                "faulty");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).isEqualTo("3 errors counted");
        assertThat(outcome.stats().errorsEncountered()).isEqualTo(3);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(10);
    }

    @Test
    void whoSaysFreedAndStillHoldsHasLeaked() {
        try (var logs = Logs.of(Orchestrator.class)) {
            var outcome = outcome(
                    endWith(new Asked("faulty") {
                        @Override
                        public CleanupStats cleanup(long pid) {
                            return CleanupStats.of("faulty", 5, 0, 0, Duration.ZERO);
                        }
                    }),
                    "faulty");

            assertThat(outcome.status()).isEqualTo(Status.LEAKED);
            assertThat(outcome.detail()).contains("still holds something");
            assertThat(logs.warnings()).singleElement().asString().contains("faulty: LEAKED");
        }
    }

    @Test
    void aTableIsBelievedBeforeItsCleanup() {
        var shelf = new Shelf("table", platform.tables()) {
            @Override
            public CleanupStats cleanup(long pid) {
                return CleanupStats.of("table", 100, 100, 0, Duration.ofDays(1));
            }

            @Override
            public boolean hasResources(long pid) {
                throw new AssertionError("a type with a table is never asked");
            }
        };
        platform.bind(shelf, 0);
        shelf.hold(pid, 64, "item");

        var outcome = platform.outcomeOfEnd(pid, "table");

        assertThat(outcome.status()).isEqualTo(Status.LEAKED);
        assertThat(outcome.detail()).contains("1 resources, 64 bytes");
        assertThat(outcome.stats().resourcesFreed()).isZero();
        assertThat(outcome.stats().bytesFreed()).isZero();
        assertThat(outcome.stats().cleanupDuration()).isLessThan(Duration.ofHours(1));
    }

    @Test
    void aTableThatIsEmptyAfterItsCleanupThrewIsStillFailed() {
        var shelf = new Shelf("table", platform.tables()) {
            @Override
            public CleanupStats cleanup(long pid) {
                super.cleanup(pid);
                throw new IllegalStateException("afterwards");
            }
        };
        platform.bind(shelf, 0);
        var item = shelf.hold(pid).get();

        var outcome = platform.outcomeOfEnd(pid, "table");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(item.releases()).isEqualTo(1);
        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void aReleaserThatThrowsIsFailedWithItsReasonAndTheOthersAreReleased() {
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (item.id() == 0) {
                throw new IOException("disk full");
            }
            item.release();
        });
        platform.bind(shelf, 0);
        shelf.hold(pid);
        var other = new Item(1);
        shelf.table().track(pid, other);

        var outcome = platform.outcomeOfEnd(pid, "table");

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).contains("1 errors counted").contains("java.io.IOException: disk full");
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(outcome.stats().errorsEncountered()).isEqualTo(1);
        assertThat(other.releases()).isEqualTo(1);
        assertThat(platform.inventory().resources(pid)).hasSize(1);
    }

    @Test
    void namesInAResultThatAreNotItsOwnAreIgnored() {
        var end = endWith(new Asked("faulty") {
            @Override
            public CleanupStats cleanup(long pid) {
                super.cleanup(pid);
                return new CleanupStats(2, 7, 0, Duration.ofDays(100_000), Map.of("first", 1_000L, "\n", 3L));
            }
        });

        assertThat(outcome(end, "faulty").status()).isEqualTo(Status.FREED);
        assertThat(outcome(end, "faulty").stats().byType()).isEqualTo(Map.of("faulty", 2L));
        assertThat(end.cleanup().stats().byType()).isEqualTo(Map.of("first", 1L, "faulty", 2L, "last", 1L));
        assertThat(end.cleanup().stats().byType().keySet()).containsExactly("first", "faulty", "last");
        assertThat(end.cleanup().stats().cleanupDuration()).isLessThan(Duration.ofHours(1));
    }

    @Test
    void whoLeavesItsThreadInterruptedDoesNotDisturbTheNextType() {
        var end = endWith(new Asked("faulty") {
            @Override
            public CleanupStats cleanup(long pid) {
                Thread.currentThread().interrupt();
                return super.cleanup(pid);
            }
        });

        assertThat(end.cleanup().isSuccess()).isTrue();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whoHoldsNothingIsEmptyAndNotCalled() {
        var idle = new Asked("idle");
        platform.bind(idle, 0);

        var outcome = platform.outcomeOfEnd(pid, "idle");

        assertThat(outcome.status()).isEqualTo(Status.EMPTY);
        assertThat(outcome.stats()).isEqualTo(CleanupStats.of("idle", 0, 0, 0, Duration.ZERO));
        assertThat(idle.cleaned()).isEmpty();
    }
}
