package org.reclaim.orchestrator.internal.table;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.Releaser;
import org.reclaim.orchestrator.ResourceLimits;

/** All tables. They stay when their openers go. Thread-safe. */
public final class Tables {

    /** Told what concerns ends that are over. Called without a lock; must not wait. */
    public interface Listener {

        /** A type's table was opened: what waits for its releaser can be released. */
        void opened(TypeTable<?> table);

        /** What an end had to leave was freed by who closed its handle after that. */
        default void freedLate(String resourceType, long pid, long bytes) {}

        /** Something was released of a process whose end has been told. */
        void releasedLate(String resourceType, long pid);
    }

    private final Owners owners;
    private final Function<String, ResourceLimits> limits;
    private volatile Optional<ProcessManager> processes = Optional.empty();
    private volatile TypeTable<?>[] all = {};

    /** Never used twice, so that what a process held of a replaced table is not taken for the new one's. */
    private int nextIndex;
    private volatile Listener listener = new Listener() {
        @Override
        public void opened(TypeTable<?> table) {
            // Nobody listens yet, so nothing has ended yet.
        }

        @Override
        public void releasedLate(String resourceType, long pid) {
            // Nobody listens yet, so nothing has ended yet.
        }
    };

    /**
     * No tables yet.
     *
     * @param owners the processes
     * @param limits the limits of a type, asked at each reservation
     */
    public Tables(Owners owners, Function<String, ResourceLimits> limits) {
        this.owners = owners;
        this.limits = limits;
    }

    /** Sets whose resources they hold. */
    public void serve(ProcessManager manager) {
        processes = Optional.of(manager);
    }

    /** Sets who is told. */
    public void listen(Listener to) {
        listener = to;
    }

    /**
     * The tables as one opener sees them.
     *
     * @param own the class loader of the opener's own classes, which must not be in tables; empty without OSGi
     * @return a view that detaches all that was opened through it when it is closed
     */
    public OpenerTables forOpener(Optional<ClassLoader> own) {
        return new OpenerTables(this, own.orElse(null));
    }

    /** All tables, in the order in which they were first opened. */
    public List<TypeTable<?>> all() {
        return List.of(all);
    }

    /** The table of a type, if it was ever opened. */
    public Optional<TypeTable<?>> find(String resourceType) {
        for (var table : all) {
            if (table.resourceType().equals(resourceType)) {
                return Optional.of(table);
            }
        }
        return Optional.empty();
    }

    /** Takes what the settings say of limits. */
    public void limitsChanged() {
        for (var table : all) {
            table.countIfLimited();
        }
    }

    ProcessManager processes() {
        return processes.orElseThrow(() -> new IllegalStateException("These tables have no process manager"));
    }

    Owners owners() {
        return owners;
    }

    ResourceLimits limits(String resourceType) {
        return limits.apply(resourceType);
    }

    Listener listener() {
        return listener;
    }

    <R> OpenedTable<R> open(
            String resourceType, Class<R> resource, Releaser<? super R> releaser, ClassLoader forbidden) {
        ResourceTypes.requireValid(resourceType);
        if (forbidden != null && resource.getClassLoader() == forbidden) {
            throw OpenedTable.foreignClassNeeded(resourceType, resource);
        }
        boolean nonBlocking = releaser.nonBlocking();
        // The table hands it only what OpenedTable.track took, and that is an R.
        @SuppressWarnings("unchecked")
        var anyReleaser = (Releaser<Object>) releaser;
        var opener = new TypeTable.Opener(anyReleaser, nonBlocking);
        TypeTable<R> table;
        synchronized (this) {
            table = tableOf(resourceType, resource);
            table.attach(opener);
        }
        listener.opened(table);
        return new OpenedTable<>(this, table, opener, forbidden);
    }

    private static String describe(Class<?> type) {
        return type.getName() + " (of " + type.getClassLoader() + ")";
    }

    private <R> TypeTable<R> tableOf(String resourceType, Class<R> resource) {
        var present = find(resourceType);
        if (present.isPresent() && present.get().resourceClass().filter(resource::equals).isPresent()) {
            @SuppressWarnings("unchecked") // its class was compared above
            var same = (TypeTable<R>) present.get();
            return same;
        }
        // The class may have come back from a new version of its bundle; nothing of the old one is in use then.
        if (present.isPresent() && !present.get().tryReplace()) {
            var old = present.get().resourceClass().map(Tables::describe).orElse("what has gone");
            throw new IllegalArgumentException("The table of " + resourceType + " holds " + old
                    + ", it can't be opened for " + describe(resource));
        }
        var made = new TypeTable<>(this, resourceType, nextIndex++, resource);
        all = Stream.concat(
                        Arrays.stream(all).filter(table -> !table.resourceType().equals(resourceType)),
                        Stream.of(made))
                .toArray(TypeTable<?>[]::new);
        made.countIfLimited(); // a change of the settings that comes after this look finds it among all
        return made;
    }
}
