package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.signal.PosixSignal;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.signal.SignalScope;

/** Handlers of real signals, one of which is pending because it is blocked. */
@Component
public final class SignalsPart implements DemoPart {

    /** Nobody else in this JVM handles them: so what the kernel says is about ours. */
    private static final List<PosixSignal> HANDLED = List.of(PosixSignal.USR1, PosixSignal.ALRM, PosixSignal.URG);

    private final SignalManager signals;

    @Activate
    public SignalsPart(@Reference(target = "(reclaim.available=true)") SignalManager signals) {
        this.signals = signals;
    }

    @Override
    public String resourceType() {
        return "signals";
    }

    @Override
    public List<Exhibit> acquire(long pid) throws IOException {
        var exhibits = new ArrayList<Exhibit>();
        for (var signal : HANDLED) {
            signals.handle(pid, signal, SignalScope.JVM, received -> {});
            exhibits.add(new Exhibit("signal handler", signal.toString(), () -> Kernel.catches(signal.number())));
        }
        signals.signals(pid).block(Set.of(PosixSignal.USR1));
        signals.send(pid, PosixSignal.USR1);
        return exhibits;
    }
}
