package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.reclaim.itests.osgi.foreign.Tenant;

/** What is optional may be missing. */
public class BareStartIT {

    @Test
    public void withoutConsoleAndConfigurationAdminThePlatformWorksAndSaysWhatCannotBeDone() throws Exception {
        var folder = Files.createDirectories(Path.of("target/itests").toAbsolutePath());
        var platform = new EmbeddedPlatform(
                Files.createTempDirectory(folder, "Bare-"),
                Map.of(),
                List.of("org.apache.felix.configadmin", "org.apache.felix.gogo", "org.reclaim.cli"));
        try {
            assertThat(platform.bundle("org.reclaim.orchestrator").getState()).isEqualTo(Bundle.ACTIVE);
            platform.install(TestBundle.of("tenant", Tenant.class)
                    .with(Constants.BUNDLE_ACTIVATOR, Tenant.class.getName()));
            Callable<?> tenant = platform.service(Callable.class, "(tenant=true)");
            assertThat((Map<?, ?>) tenant.call()).isNotEmpty();
            assertThat(platform.log().lines("INFO"))
                    .anyMatch(line -> line.contains("There is no Configuration Admin"));
        } finally {
            platform.stop();
        }
        assertThat(platform.log().problems()).isEmpty();
    }
}
