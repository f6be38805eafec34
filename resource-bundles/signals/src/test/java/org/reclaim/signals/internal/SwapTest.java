package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.HUP;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.PosixSignal.USR2;
import static org.reclaim.api.signal.SignalScope.JVM;
import static org.reclaim.api.signal.SignalScope.PLATFORM;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.testing.TestPlatform;

/** The bundle of the type is replaced by another one: here, an instance by another instance on the same table. */
class SwapTest {

    private final AtomicReference<ResourceTables> tables = new AtomicReference<>();
    private final AtomicReference<Signals> old = new AtomicReference<>();
    private final TestPlatform reclaim = new TestPlatform(new ResourceTypeProvider() {
        @Override
        public String resourceType() {
            return Signals.TYPE;
        }

        @Override
        public int ranking() {
            return CleanupRanking.SIGNALS;
        }

        @Override
        public ResourceCleanup create(ResourceTables given) {
            tables.set(given);
            old.set(new Signals(given));
            return old.get();
        }
    });
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        var last = new Signals(tables.get());
        reclaim.close();
        last.detach();
        assertThat(Kernel.catches(USR1)).isFalse();
    }

    @Test
    void handlersAreCalledWhileTheTypeIsAway() throws Exception {
        var real = Recorder.open();
        var sent = Recorder.open();
        old.get().handle(pid, USR1, JVM, real);
        old.get().handle(pid, USR2, PLATFORM, sent);
        var process = old.get().signals(pid);
        process.block(Set.of(USR2));
        old.get().send(pid, USR2);

        old.get().detach();

        Kernel.raise(USR1);
        await().until(() -> real.got().size() == 1);
        process.unblock(Set.of(USR2));
        await().until(() -> sent.got().size() == 1);
    }

    @Test
    void theNewInstanceServesAndFreesWhatTheOldOneAcquired() throws Exception {
        var handler = Recorder.open();
        var handle = old.get().handle(pid, USR1, JVM, handler);
        var process = old.get().signals(pid);
        old.get().detach();
        handle.close();
        assertThat(Kernel.catches(USR1)).as("nobody is there to free it").isTrue();

        var next = new Signals(tables.get());

        await().until(() -> !Kernel.catches(USR1));
        assertThat(next.signals(pid)).isSameAs(process);
        next.handle(pid, USR2, PLATFORM, handler);
        next.send(pid, USR2);
        await().until(() -> handler.got().size() == 1);
        next.detach();
    }

    @Test
    void theEndOfTheProcessByTheNewInstanceFreesAll() {
        old.get().handle(pid, USR1, JVM, Recorder.open());
        old.get().signals(pid).block(Set.of(HUP));
        old.get().detach();
        var next = new Signals(tables.get());

        next.ending(pid);
        var stats = next.cleanup(pid);

        assertThat(stats.resourcesFreed()).isEqualTo(2);
        next.detach();
        assertThat(Kernel.catches(USR1)).isFalse();
    }
}
