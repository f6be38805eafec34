package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.Releaser;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalScope;
import org.reclaim.testing.OtherReleases;
import org.reclaim.testing.TestPlatform;

/** A handler returns when the release of its process's signals has failed already, and the table does not know yet. */
@Timeout(60)
class LateReturnTest {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch let = new CountDownLatch(1);
    private volatile Thread handling;

    /** A release that fails returns when the handler's thread is gone. */
    private void release(Releaser<Object> releaser, Object signals) throws Exception {
        try {
            releaser.release(signals);
        } catch (IllegalStateException stillHandles) {
            let.countDown();
            handling.join();
            throw stillHandles;
        }
    }

    @Test
    void theyAreFreedAllTheSame() throws Exception {
        try (var reclaim = new TestPlatform(new OtherReleases(new SignalsProvider(), this::release))) {
            long pid = reclaim.start();
            var signals = reclaim.manager(SignalManager.class);
            signals.handle(pid, PosixSignal.USR1, SignalScope.PLATFORM, signal -> stubborn());
            signals.send(pid, PosixSignal.USR1);
            entered.await();

            var outcome = reclaim.end(pid, Signals.TYPE);

            assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
            await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        }
    }

    private void stubborn() {
        handling = Thread.currentThread();
        entered.countDown();
        while (let.getCount() > 0) {
            try {
                let.await();
            } catch (InterruptedException e) {
                // as bad code does
            }
        }
    }
}
