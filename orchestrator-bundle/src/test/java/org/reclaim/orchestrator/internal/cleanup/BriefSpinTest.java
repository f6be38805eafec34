package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.reclaim.orchestrator.internal.testing.Hang;

/** Waiting without sleep is short, and only for as many threads as there are processors to spare. */
class BriefSpinTest {

    private static final int MOST = 3;

    private final BriefSpin spin = new BriefSpin(MOST);

    @Test
    void itEndsWithoutWhatNeverComes() {
        assertThat(spin.until(() -> false)).isFalse();
    }

    @Test
    void nobodyWaitsLikeThisWhileEnoughOthersDo() {
        try (var hang = new Hang()) {
            var others = new ArrayList<CompletableFuture<Boolean>>();
            for (int i = 0; i < MOST; i++) {
                others.add(CompletableFuture.supplyAsync(() -> spin.until(() -> {
                    hang.untilInterrupted();
                    return true;
                }), task -> new Thread(task).start()));
            }
            hang.awaitInside(MOST);

            assertThat(spin.until(BriefSpinTest::fail)).isFalse();

            hang.letGo();
            assertThat(others).allMatch(CompletableFuture::join);
        }
    }

    @Test
    void whoThrowsWhenAskedMakesRoomAllTheSame() {
        for (int i = 0; i <= MOST; i++) {
            assertThatIllegalStateException().isThrownBy(() -> spin.until(BriefSpinTest::fail));
        }
    }

    private static boolean fail() {
        throw new IllegalStateException("asked");
    }
}
