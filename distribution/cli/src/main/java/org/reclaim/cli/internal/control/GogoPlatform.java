package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.reclaim.cli.internal.ExecCommand;
import org.reclaim.cli.internal.ExitStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client can ask of this framework, by way of its command interpreter. */
final class GogoPlatform implements PlatformWork {

    /** Where consoles look for a command without a scope, as conf/etc/gosh_profile has it. */
    static final String SCOPE = "reclaim:felix:gogo:*";

    private static final Logger LOG = LoggerFactory.getLogger(GogoPlatform.class);

    private final BundleContext context;
    private final CommandProcessor processor;
    private final PlatformStatus status;
    private final LongSupplier stopMillis;

    GogoPlatform(
            BundleContext context, CommandProcessor processor, PlatformStatus status, LongSupplier stopMillis) {
        this.context = context;
        this.processor = processor;
        this.status = status;
        this.stopMillis = stopMillis;
    }

    @Override
    public ClientWork commands(List<String> lines, ClientStreams streams) {
        var exec = new ExecCommand(processor, streams.terminal());
        return new ClientWork() {
            @Override
            public int run() {
                return exec.run(lines);
            }

            @Override
            public void cancel() {
                exec.cancel();
            }
        };
    }

    @Override
    public ClientWork console(Optional<ClientTerminal> terminal, ClientStreams streams) {
        if (terminal.isEmpty()) {
            return new LineConsole(processor, streams);
        }
        try {
            return new ShellConsole(context, processor, terminal.get(), streams);
        } catch (NoClassDefFoundError e) {
            // The import is optional.
            LOG.debug("No shell", e);
            return refusal(streams, "this platform has no shell: its bundles org.apache.felix.gogo.jline and org.jline"
                    + " are missing; commands can be piped into reclaim console");
        } catch (IOException e) {
            throw new UncheckedIOException("No terminal of type " + terminal.get().type(), e);
        }
    }

    private static ClientWork refusal(ClientStreams streams, String why) {
        return new ClientWork() {
            @Override
            public int run() {
                streams.terminal().complain(why);
                return ExitStatus.FAILED;
            }

            @Override
            public void cancel() {}
        };
    }

    @Override
    public String status() {
        return status.text();
    }

    @Override
    public long stopMillis() {
        return stopMillis.getAsLong();
    }

    @Override
    public void stop() {
        LOG.info("A client asks the platform to stop");
        try {
            context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).stop();
        } catch (BundleException e) {
            LOG.error("The platform could not be stopped", e);
        }
    }
}
