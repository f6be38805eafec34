package org.reclaim.orchestrator.internal.table;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;

/**
 * All processes by pid. Pids are dense and never reused, so an array of pages replaces a hash map: two loads find a
 * process, no boxing, no lock. A page goes when all its processes have gone; what stays is one reference per 1,024
 * processes ever started.
 */
public final class Owners {

    private static final int PAGE_BITS = 10;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    private static final class Page extends AtomicReferenceArray<Owner> {
        private static final long serialVersionUID = 1L;

        /** Pids of this page whose process has not gone yet, those not issued included. */
        private final AtomicInteger pending;

        Page(int pending) {
            super(PAGE_SIZE);
            this.pending = new AtomicInteger(pending);
        }
    }

    private final AtomicLong lastPid = new AtomicLong();
    private final ProcessPlaces places = new ProcessPlaces();

    /** Written under the lock, read without. */
    private volatile AtomicReferenceArray<Page> pages = new AtomicReferenceArray<>(4);

    /** How many processes are alive. */
    public ProcessPlaces places() {
        return places;
    }

    /** Takes the next pid. Each pid taken must be {@linkplain #remove removed} once, whether it was added or not. */
    public long nextPid() {
        return lastPid.incrementAndGet();
    }

    /** The pid that was taken last; 0 if none was. */
    public long lastPid() {
        return lastPid.get();
    }

    /** Makes a process known. */
    public void add(Owner owner) {
        page(owner.pid()).set(slot(owner.pid()), owner);
    }

    /** Forgets a process. */
    public void remove(long pid) {
        var page = page(pid);
        page.setRelease(slot(pid), null); // who still finds it finds that it has ended
        if (page.pending.decrementAndGet() == 0) {
            synchronized (this) {
                pages.set((int) (pid >>> PAGE_BITS), null);
            }
        }
    }

    /** The process, or null if it is unknown or has gone. */
    public Owner find(long pid) {
        var all = pages;
        long index = pid >>> PAGE_BITS;
        if (pid < 0 || index >= all.length()) {
            return null;
        }
        var page = all.get((int) index);
        return page == null ? null : page.get(slot(pid));
    }

    /**
     * The process, if it may acquire.
     *
     * @throws NoSuchProcessException if the pid was never issued
     * @throws ProcessEndedException  if it is ending or has ended
     */
    Owner open(long pid, TypeTable<?> table) {
        var owner = find(pid);
        if (owner == null || owner.isClosed()) {
            throw refusal(pid, table);
        }
        return owner;
    }

    /** Whether the pid was ever given to a process. */
    public boolean isIssued(long pid) {
        return pid >= 1 && pid <= lastPid.get();
    }

    /** Visits all processes that are known, by pid. */
    public void forEach(Consumer<? super Owner> action) {
        var all = pages;
        for (int i = 0; i < all.length(); i++) {
            var page = all.get(i);
            for (int j = 0; page != null && j < PAGE_SIZE; j++) {
                var owner = page.get(j);
                if (owner != null) {
                    action.accept(owner);
                }
            }
        }
    }

    private RuntimeException refusal(long pid, TypeTable<?> table) {
        return isIssued(pid)
                ? new ProcessEndedException(pid, "acquire " + table.resourceType())
                : new NoSuchProcessException(pid);
    }

    private static int slot(long pid) {
        return (int) pid & PAGE_SIZE - 1;
    }

    /** The page of an issued pid, made if need be; it exists until each of its pids was removed. */
    private Page page(long pid) {
        int index = Math.toIntExact(pid >>> PAGE_BITS);
        var all = pages;
        var page = index < all.length() ? all.get(index) : null;
        return page != null ? page : makePage(index);
    }

    private synchronized Page makePage(int index) {
        if (index >= pages.length()) {
            var larger = new AtomicReferenceArray<Page>(Math.max(index + 1, pages.length() * 2));
            for (int i = 0; i < pages.length(); i++) {
                larger.setPlain(i, pages.get(i));
            }
            pages = larger;
        }
        var page = pages.get(index);
        if (page == null) {
            // No process ever has the pid 0, so nobody removes it.
            page = new Page(index == 0 ? PAGE_SIZE - 1 : PAGE_SIZE);
            pages.set(index, page);
        }
        return page;
    }
}
