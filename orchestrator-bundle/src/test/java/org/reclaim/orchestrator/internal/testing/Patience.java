package org.reclaim.orchestrator.internal.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what comes soon: looks often, and fails only when it is hopeless. */
public final class Patience {

    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    private Patience() {}

    public static void until(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(AT_MOST).until(condition);
    }
}
