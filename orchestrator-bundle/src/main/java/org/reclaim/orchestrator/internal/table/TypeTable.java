package org.reclaim.orchestrator.internal.table;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.orchestrator.ResourceLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of one type: who has it open, and what all processes together may hold. */
public final class TypeTable<R> {

    private static final Logger LOG = LoggerFactory.getLogger(TypeTable.class);
    private static final Duration DETACH_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration DETACH_POLL = Duration.ofNanos(200_000);

    /** Somebody who has the table open. Compared by identity. */
    static final class Opener {
        private final Releaser<Object> releaser;
        private final boolean nonBlocking;

        Opener(Releaser<Object> releaser, boolean nonBlocking) {
            this.releaser = releaser;
            this.nonBlocking = nonBlocking;
        }

        @Override
        public String toString() {
            var type = releaser.getClass();
            return type.getName() + " of " + type.getClassLoader();
        }
    }

    private final Tables tables;
    private final String resourceType;
    private final int index;

    /** Weak: the class is of a bundle that may go for good, while the table stays. */
    private final WeakReference<Class<R>> resourceClass;

    private final Quota byteQuota;
    private final Quota resourceQuota;

    /** Under the lock; the last one counts. */
    private final List<Opener> openers = new ArrayList<>();

    private volatile Opener current;
    private volatile boolean replaced;

    /** Whether resources are counted: from when a setting first limits them, and then for good. */
    private volatile boolean counting;

    TypeTable(Tables tables, String resourceType, int index, Class<R> resourceClass) {
        this.tables = tables;
        this.resourceType = resourceType;
        this.index = index;
        this.resourceClass = new WeakReference<>(resourceClass);
        byteQuota = Quota.ofBytes(resourceType);
        resourceQuota = Quota.ofResources(resourceType);
    }

    /** The type. */
    public String resourceType() {
        return resourceType;
    }

    int index() {
        return index;
    }

    /** Empty once its bundle has gone for good. */
    Optional<Class<R>> resourceClass() {
        return Optional.ofNullable(resourceClass.get());
    }

    /** Whether somebody has it open. */
    public boolean isOpen() {
        return current != null;
    }

    /** Whether it has a releaser that never waits. */
    public boolean isNonBlocking() {
        var opener = current;
        return opener != null && opener.nonBlocking;
    }

    /** How to free a resource, or null while nobody has the table open. */
    Releaser<Object> releaser() {
        var opener = current;
        return opener == null ? null : opener.releaser;
    }

    /** What a process holds of it, or null if it never held anything or is unknown. */
    public Holding<R> holding(long pid) {
        var owner = tables.owners().find(pid);
        return owner == null ? null : owner.holding(this);
    }

    /** What a process holds of it, or null if it never held anything. */
    public Holding<R> holding(Owner owner) {
        return owner.holding(this);
    }

    /** Bytes held and reserved by all processes. */
    public long bytes() {
        return byteQuota.total();
    }

    /** How many acquisitions limits have refused. */
    public long refused() {
        return byteQuota.refused() + resourceQuota.refused();
    }

    Quota byteQuota() {
        return byteQuota;
    }

    Quota resourceQuota() {
        return resourceQuota;
    }

    ResourceLimits limits() {
        return tables.limits(resourceType);
    }

    boolean isCounting() {
        return counting;
    }

    /** Counts resources from now on if the settings limit them. What is there already is counted when this returns. */
    synchronized void countIfLimited() {
        if (!counting && resourceQuota.isLimitedBy(limits())) {
            // Before the look: pairs with Owner.addHolding, which publishes a holding and then reads this.
            counting = true;
            tables.owners().forEach(owner -> {
                var holding = owner.holding(this);
                if (holding != null) {
                    holding.startCounting();
                }
            });
        }
    }

    /** Resources held by all processes; looks at each. */
    public long count() {
        var count = new long[1];
        tables.owners().forEach(owner -> {
            var holding = owner.holding(this);
            count[0] += holding == null ? 0 : holding.count();
        });
        return count[0];
    }

    /** Releases what users closed while the type was away. */
    public void releaseClosed() {
        tables.owners().forEach(owner -> {
            var holding = owner.holding(this);
            if (holding != null) {
                holding.releaseClosed();
            }
        });
    }

    /** Gives way to another table of the type; false if somebody has this one open, or something is in it. */
    boolean tryReplace() {
        // Volatile, before the look: pairs with Holding.add, which publishes an entry and then reads this.
        replaced = true;
        if (isOpen() || isAnythingHeld()) {
            replaced = false;
        }
        return replaced;
    }

    /** Whether another table of the type has taken its place: nothing must be put into this one any more. */
    boolean isReplaced() {
        return replaced;
    }

    private boolean isAnythingHeld() {
        var held = new boolean[1];
        tables.owners().forEach(owner -> {
            var holding = owner.holding(this);
            held[0] |= holding != null && !holding.isEmpty();
        });
        return held[0];
    }

    /** What an acquisition is told whose opener has gone. */
    ResourceTypeUnavailableException unavailable() {
        return new ResourceTypeUnavailableException(
                "The bundle that offers " + resourceType + " has been stopped or replaced");
    }

    synchronized void attach(Opener opener) {
        if (!openers.isEmpty()) {
            LOG.warn(
                    "The table of '{}' is opened twice: {} now counts, {} waits until it goes",
                    resourceType,
                    opener,
                    openers.getLast());
        }
        openers.add(opener);
        // Volatile: pairs with Entry.releaseOrPark, which leaves an entry CLOSED and reads this again, while the caller
        // of this method looks for CLOSED entries next.
        current = opener;
    }

    /** Forgets an opener, and waits for releases in progress. False if it was forgotten before. */
    boolean detach(Opener opener) {
        synchronized (this) {
            if (!openers.remove(opener)) {
                return false;
            }
            // Volatile: pairs with Entry.releaseOrPark, which sets RELEASING before it reads this.
            current = openers.isEmpty() ? null : openers.getLast();
        }
        var inProgress = new ArrayList<BooleanSupplier>();
        tables.owners().forEach(owner -> {
            var holding = owner.holding(this);
            if (holding != null) {
                inProgress.addAll(holding.releasing());
            }
        });
        long deadline = System.nanoTime() + DETACH_TIMEOUT.toNanos();
        while (inProgress.stream().anyMatch(BooleanSupplier::getAsBoolean)
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(DETACH_POLL.toNanos());
        }
        long left = inProgress.stream().filter(BooleanSupplier::getAsBoolean).count();
        if (left > 0) {
            LOG.warn(
                    "{} of {} are still being released by {}, which has gone: its code runs on until they are",
                    left,
                    resourceType,
                    opener);
        }
        return true;
    }

    void freedLate(long pid, long size) {
        tables.listener().freedLate(resourceType, pid, size);
    }

    void releasedLate(long pid) {
        tables.listener().releasedLate(resourceType, pid);
    }
}
