package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;

/** Foreign calls that somebody waits for, as those when a cleanup is bound. */
class WorkersTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Workers workers = new Workers();
    private final Hang hang = new Hang();

    @AfterEach
    void close() {
        hang.letGo();
        workers.close();
    }

    @Test
    void itsResultIsReturnedAndNotLate() throws Exception {
        assertThat(workers.call("test", LONG, Thread::currentThread, late -> {
            throw new AssertionError("it was in time");
        }))
                .isNotSameAs(Thread.currentThread());
    }

    @Test
    void whatItThrowsIsThrown() {
        var cause = new IOException("no");
        assertThatThrownBy(() -> workers.call("test", LONG, () -> {
            throw cause;
        }, late -> {}))
                .isSameAs(cause);
        assertThatThrownBy(() -> workers.call("test", LONG, () -> {
            throw new NoClassDefFoundError("gone");
        }, late -> {}))
                .isInstanceOf(ExecutionException.class)
                .hasMessage("java.lang.NoClassDefFoundError: gone");
        // What it throws may look like what the wait throws.
        assertThatThrownBy(() -> workers.call("test", LONG, () -> {
            throw new TimeoutException("its own");
        }, late -> {}))
                .hasMessage("its own");
        assertThatThrownBy(() -> workers.call("test", LONG, () -> {
            throw new Error() {
                private static final long serialVersionUID = 1L;

                @Override
                        public String getMessage() {
                    throw new IllegalStateException("hostile");
                }
            };
        }, late -> {}))
                .isInstanceOf(ExecutionException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whoHangsIsInterruptedAndNamedAndItsLateResultIsHandedOn() {
        var late = new AtomicReference<String>();
        try (var logs = Logs.of(Workers.class)) {
            assertThatThrownBy(() -> workers.call("asking", SHORT, () -> {
                hang.ignoringInterrupts();
                return "late";
            }, late::set))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("asking did not return within PT0.1S");

            assertThat(logs.warnings()).singleElement().asString().contains("Hang.ignoringInterrupts");
        }
        Patience.until(() -> hang.interrupts() == 1);
        assertThat(late).hasNullValue();
        hang.letGo();
        Patience.until(() -> "late".equals(late.get()));
    }

    @Test
    void anInterruptedCallerDoesNotWaitAndKeepsItsFlag() {
        var late = new AtomicReference<String>();
        var caller = Thread.currentThread();
        Thread.ofPlatform().daemon().start(() -> {
            hang.awaitInside(1);
            caller.interrupt();
        });
        assertThatThrownBy(() -> workers.call("asking", LONG, () -> {
            hang.ignoringInterrupts();
            return "late";
        }, late::set))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("interrupt");

        assertThat(Thread.interrupted()).isTrue();
        hang.letGo();
        Patience.until(() -> "late".equals(late.get()));
    }

    @Test
    void nothingOfTheCallerIsInherited() throws Exception {
        var inheritable = new InheritableThreadLocal<String>();
        inheritable.set("the caller's");
        var before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(new ClassLoader() {});
        try {
            assertThat(workers.call("test", LONG, inheritable::get, late -> {})).isNull();
            assertThat(workers.call("test", LONG, () -> Thread.currentThread().getContextClassLoader(), late -> {}))
                    .isSameAs(ClassLoader.getSystemClassLoader());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void whoIsAtWorkWhenTheWorkersRetireFinishes() throws Exception {
        var done = new CountDownLatch(1);
        workers.execute(() -> {
            hang.ignoringInterrupts();
            done.countDown();
        });
        hang.awaitInside(1);
        workers.retire();
        workers.retire();

        assertThat(workers.call("test", LONG, () -> 5, late -> {})).isEqualTo(5);
        assertThat(hang.interrupts()).isZero();
        hang.letGo();
        done.await();
    }

    @Test
    void afterTheStopNothingIsStarted() {
        workers.close();
        workers.retire();

        assertThatIllegalStateException().isThrownBy(() -> workers.execute(() -> {}));
        assertThat(workers.tryExecute("test", () -> {})).isFalse();
    }
}
