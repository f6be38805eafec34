package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.propertytypes.SatisfyingConditionTarget;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ResourceInventory;
import org.reclaim.launcher.control.FrameChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens while the platform is ready: the launcher says so by a condition, for a platform that stays. One that runs a
 * single command has no such condition, and so no socket.
 */
@Component(service = {})
@SatisfyingConditionTarget("(osgi.condition.id=org.reclaim.ready)")
public final class ControlService {

    private static final Logger LOG = LoggerFactory.getLogger(ControlService.class);
    /** What counts as long as the orchestrator does not say otherwise. */
    private static final long STOP_MILLIS = 30_000;

    private final ControlServer server;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile ProcessManager processes;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile ResourceInventory inventory;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            target = "(reclaim.setting=stop.deadline.millis)")
    private volatile LongSupplier stopDeadline;

    @Activate
    public ControlService(BundleContext context, @Reference CommandProcessor processor) throws IOException {
        var status = new PlatformStatus(
                context, () -> Optional.ofNullable(processes), () -> Optional.ofNullable(inventory));
        var socket = Path.of(context.getProperty("reclaim.runtime.dir")).resolve(FrameChannel.SOCKET_NAME);
        server = new ControlServer(socket, new GogoPlatform(context, processor, status, this::stopMillis));
        LOG.info("Listening on {}", socket);
    }

    private long stopMillis() {
        return Optional.ofNullable(stopDeadline).map(LongSupplier::getAsLong).orElse(STOP_MILLIS);
    }

    @Deactivate
    void close() throws IOException {
        server.close();
    }
}
