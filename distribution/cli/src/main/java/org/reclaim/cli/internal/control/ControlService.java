package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
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

    private final ControlServer server;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile ProcessManager processes;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile ResourceInventory inventory;

    @Activate
    public ControlService(BundleContext context, @Reference CommandProcessor processor) throws IOException {
        var status = new PlatformStatus(
                context, () -> Optional.ofNullable(processes), () -> Optional.ofNullable(inventory));
        var socket = Path.of(context.getProperty("reclaim.runtime.dir")).resolve(FrameChannel.SOCKET_NAME);
        server = new ControlServer(socket, new GogoPlatform(context, processor, status));
        LOG.info("Listening on {}", socket);
    }

    @Deactivate
    void close() throws IOException {
        server.close();
    }
}
