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

    /** Takes the next pid. Each must be removed or given up in the end, so that its page can go. */
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

    /** Forgets a process; true for the one caller that did. */
    public boolean tryRemove(Owner owner) {
        var page = presentPage(owner.pid());
        // Who still finds it finds that it has ended.
        boolean removed = page != null && page.compareAndSet(slot(owner.pid()), owner, null);
        if (removed) {
            gone(page, owner.pid());
        }
        return removed;
    }

    /** Gives up a pid that was taken, and whose process was not added. */
    public void giveUp(long pid) {
        gone(page(pid), pid);
    }

    private void gone(Page page, long pid) {
        if (page.pending.decrementAndGet() == 0) {
            synchronized (this) {
                pages.set((int) (pid >>> PAGE_BITS), null);
            }
        }
    }

    /** The process, or null if it is unknown or has gone. */
    public Owner find(long pid) {
        var page = presentPage(pid);
        return page == null ? null : page.get(slot(pid));
    }

    /** The page of a pid; null if it has gone, or was never needed. */
    private Page presentPage(long pid) {
        var all = pages;
        long index = pid >>> PAGE_BITS;
        return pid < 0 || index >= all.length() ? null : all.get((int) index);
    }

    /**
     * The process, if it may acquire.
     *
     * @throws NoSuchProcessException if the pid was never issued
     * @throws ProcessEndedException  if it is ending or has ended
     */
    Owner open(long pid, TypeTable<?> table) {
        var owner = find(pid);
        if (owner == null || owner.isEnding()) {
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
        var page = presentPage(pid);
        return page != null ? page : makePage(Math.toIntExact(pid >>> PAGE_BITS));
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
