package org.reclaim.signals.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.signal.Broadcast;
import org.reclaim.api.signal.DefaultActions;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.ProcessSignals;
import org.reclaim.api.signal.ReceivedSignal;
import org.reclaim.api.signal.SignalDisposition;
import org.reclaim.api.signal.SignalHandler;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalRegistration;
import org.reclaim.api.signal.SignalResource;
import org.reclaim.api.signal.SignalScope;

/**
 * The type {@code signals}: registers handlers for processes, and removes them; sends signals.
 *
 * <p>It keeps nothing: what a process has is found in the table, so it does not matter which instance has put it there.
 */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.signal.SignalManager")
@ServiceRanking(CleanupRanking.SIGNALS)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.signal.SignalManager\"",
        uses = SignalManager.class,
        effective = "active")
public final class Signals implements ResourceCleanup, ProcessEnding, SignalManager {

    static final String TYPE = "signals";

    /** What a process can no longer do that has ended. */
    static final String RECEIVE = "receive signals";

    private final ReservedSignals reserved;
    private final ProcessManager processes;
    private final CommandSignals commands;
    private final ResourceTable<SignalResource> table;

    /**
     * Opens the table.
     *
     * @param tables where handlers are tracked
     */
    @Activate
    public Signals(@Reference ResourceTables tables) {
        this(tables, ReservedSignals.ofThisJvm());
    }

    /** As in a JVM that needs certain signals. */
    Signals(ResourceTables tables, ReservedSignals reserved) {
        this.reserved = reserved;
        processes = tables.processes();
        commands = new CommandSignals(processes);
        table = tables.open(TYPE, SignalResource.class, SignalResource::release);
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public ResourceHandle<SignalRegistration> handle(
            long pid, PosixSignal signal, SignalScope scope, SignalHandler handler) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(handler, "handler");
        requireCatchable(signal, "handled");
        if (scope == SignalScope.JVM) {
            requireFree(signal);
        }
        return register(pid, process -> SignalRegistration.handling(process, signal, scope, handler));
    }

    @Override
    public ResourceHandle<SignalRegistration> ignore(long pid, PosixSignal signal) {
        requireCatchable(signal, "ignored");
        return register(
                pid, process -> SignalRegistration.withoutHandler(process, signal, SignalDisposition.IGNORED));
    }

    @Override
    public ResourceHandle<SignalRegistration> useDefault(long pid, PosixSignal signal) {
        requireCatchable(signal, "handled");
        return register(
                pid, process -> SignalRegistration.withoutHandler(process, signal, SignalDisposition.DEFAULT));
    }

    /** Reserves, registers, tracks; what could not be tracked is released here. */
    private ResourceHandle<SignalRegistration> register(
            long pid, Function<ProcessSignals, SignalRegistration> registering) {
        try (var place = table.reserve(pid, 0)) {
            var registration = registering.apply(signals(pid));
            try {
                return place.track(registration, registration.toString());
            } catch (RuntimeException | Error e) {
                registration.release();
                throw e;
            }
        }
    }

    @Override
    public ProcessSignals signals(long pid) {
        // The entry is what the table shows, and finds again; being the only one of its process makes it unique.
        return table.one(pid, ProcessSignals.class, () -> open(pid));
    }

    private ProcessSignals open(long pid) {
        if (processes.process(pid).filter(process -> process.kind() == ProcessKind.COMMAND).isPresent()) {
            throw new IllegalArgumentException("pid is " + pid
                    + ", must not be that of a command: what it does with signals is its own affair");
        }
        try (var place = table.reserve(pid, 0)) {
            var opened = new ProcessSignals(pid, processes);
            opened.trackedAs(place.track(opened, "mask and pending signals"));
            return opened;
        }
    }

    @Override
    public void send(long pid, PosixSignal signal) throws IOException {
        Objects.requireNonNull(signal, "signal");
        send(liveProcess(pid), new ReceivedSignal(signal, CurrentProcess.pid(), false));
    }

    private ProcessInfo liveProcess(long pid) {
        return processes.process(pid).filter(Signals::isLive).orElseThrow(() -> ended(pid));
    }

    /** For a process that does not live. Throws if there never was one: the table knows, also what is forgotten. */
    private ProcessEndedException ended(long pid) {
        var ended = new ProcessEndedException(pid, RECEIVE);
        try {
            table.reserve(pid, 0).close();
        } catch (ProcessEndedException e) {
            ended.addSuppressed(e);
        }
        return ended;
    }

    private static boolean isLive(ProcessInfo process) {
        return process.state().compareTo(ProcessState.TERMINATING) < 0;
    }

    private void send(ProcessInfo process, ReceivedSignal signal) throws IOException {
        if (process.kind() == ProcessKind.COMMAND) {
            commands.send(process, signal.signal());
            return;
        }
        var target = find(process.pid());
        if (target.isPresent()) {
            target.get().send(signal);
        } else {
            DefaultActions.take(processes, process.pid(), signal.signal());
        }
    }

    /** What a process has, if it ever did anything about signals. */
    private Optional<ProcessSignals> find(long pid) {
        var found = new ArrayList<ProcessSignals>();
        table.forEach(pid, resource -> {
            if (resource instanceof ProcessSignals signals) {
                found.add(signals);
            }
        });
        return found.stream().findFirst();
    }

    @Override
    public Broadcast sendToAll(PosixSignal signal) {
        Objects.requireNonNull(signal, "signal");
        var sender = CurrentProcess.pid();
        var received = new ReceivedSignal(signal, sender, false);
        var reached = new ArrayList<Long>();
        var refused = new HashMap<Long, String>();
        for (var process : processes.processes()) {
            if (isLive(process) && !OptionalLong.of(process.pid()).equals(sender)) {
                try {
                    send(process, received);
                    reached.add(process.pid());
                } catch (ProcessEndedException e) {
                    continue; // meanwhile; it is no longer one of all
                } catch (IOException | IllegalStateException | UnsupportedOperationException e) {
                    refused.put(process.pid(), e.getMessage());
                }
            }
        }
        return new Broadcast(reached, refused);
    }

    @Override
    public void ending(long pid) {
        find(pid).ifPresent(ProcessSignals::end);
    }

    @Override
    public CleanupStats cleanup(long pid) {
        ending(pid); // it may have been another instance, or none, that was told
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }

    private static void requireCatchable(PosixSignal signal, String participle) {
        if (!signal.isCatchable()) {
            throw new IllegalArgumentException(
                    "signal is " + signal + ", which can't be " + participle + ": the kernel does not let anybody");
        }
    }

    private void requireFree(PosixSignal signal) {
        reserved.reason(signal).ifPresent(reason -> {
            throw new IllegalArgumentException("signal is " + signal + ", which can't be handled in the scope "
                    + SignalScope.JVM + ": " + reason);
        });
    }
}
