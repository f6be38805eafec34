package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.felix.framework.Felix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;

/** All of these have ten seconds on top of what the processes have. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopDeadlineTest {
    @TempDir
    private Path storage;

    @Test
    void isThatOfTheProperty() {
        assertThat(StopDeadline.withMargin("90000")).isEqualTo(100_000);
        assertThat(StopDeadline.withMargin(null, "1")).as("without a framework").isEqualTo(10_001);
    }

    @Test
    void isTheDefaultIfThePropertyIsNoDeadline() {
        for (var property : new String[] {"", "soon", "0", "-1", "1e3", "9999999999"}) {
            assertThat(StopDeadline.withMargin(property)).as(property).isEqualTo(40_000);
        }
    }

    @Test
    void isWhatThePlatformSaysNow() throws Exception {
        var setting = new AtomicLong(90_000);
        var framework = new Felix(Map.of(Constants.FRAMEWORK_STORAGE, storage.resolve("cache").toString()));
        framework.start();
        var context = framework.getBundleContext();
        try {
            assertThat(StopDeadline.withMargin(context, "50000")).as("by nobody").isEqualTo(60_000);

            context.registerService(LongSupplier.class, setting::get,
                    new Hashtable<>(Map.of("reclaim.setting", "stop.deadline.millis")));
            assertThat(StopDeadline.withMargin(context, "50000")).isEqualTo(100_000);

            setting.set(70_000);
            assertThat(StopDeadline.withMargin(context, "50000")).as("changed").isEqualTo(80_000);
        } finally {
            framework.stop();
            framework.waitForStop(0);
        }
        assertThat(StopDeadline.withMargin(context, "50000")).as("stopped").isEqualTo(60_000);
    }
}
