package org.reclaim.itests.osgi.foreign;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.BundleProcess;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;

/** A component that acquires one thing of each type for its bundle and closes none. Its service tells the pid. */
@Component(service = Callable.class, property = "lodger=component", immediate = true)
public final class Lodger implements Callable<Long> {

    private final BundleProcess self;

    @Activate
    public Lodger(
            @Reference BundleProcess self,
            @Reference FdManager files,
            @Reference SocketManager sockets,
            @Reference MemoryManager memory)
            throws IOException {
        this.self = self;
        Lodgers.moveIn(self, files, sockets, memory);
        Journal.note("lodger " + self.pid());
    }

    @Override
    public Long call() {
        return self.pid();
    }
}
