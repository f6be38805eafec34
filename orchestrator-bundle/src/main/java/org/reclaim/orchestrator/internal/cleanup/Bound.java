package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.reclaim.api.ResourceCleanup;

/**
 * A cleanup that is bound, and the calls into it. Every call into a plug-in, through a front too, is made within
 * {@link #tryEnter} and {@link #exit}, so that unbinding can wait for it.
 */
public final class Bound {

    /** So many calls of one cleanup are on workers at once. */
    static final int MAX_CALLS = 16;

    /** While so many calls are stuck, no further one is made. */
    static final int MAX_STUCK = 4;

    private static final int STRIPES = 16;
    private static final int PADDING = 16; // longs: two cache lines, so that neighbours do not share one
    private static final Duration POLL = Duration.ofNanos(200_000);

    /** The calls that the running thread is in, innermost first. */
    private static final ScopedValue<Frame> CALLS = ScopedValue.newInstance();

    /** Where the running thread is in none. Never changed. */
    private static final Frame NO_CALL = new Frame(null);

    /** One of them; used again for the next call of the same thread once its call is over. */
    private static final class Frame {
        private final Frame outer;
        private Bound call;

        Frame(Frame outer) {
            this.outer = outer;
        }
    }

    /** Stands for what is called although it is not bound. */
    private static final Bound UNBOUND = new Bound("", null, 0, 0, "");

    private final String resourceType;
    private final ResourceCleanup cleanup;
    private final long registration;
    private final String bundle;
    private final String limitation;
    private final AtomicLongArray uses = new AtomicLongArray(STRIPES * PADDING);
    private final Semaphore permits = new Semaphore(MAX_CALLS);

    /** Calls past their deadline that have not returned. */
    private final Set<Call> givenUp = ConcurrentHashMap.newKeySet();

    private volatile int ranking;
    private volatile boolean closed;

    /**
     * A cleanup that may be called.
     *
     * @param resourceType its type, checked
     * @param cleanup      foreign code
     * @param ranking      the service's own; the configuration may override it
     * @param registration grows with each registration: the later is cleaned first among equals
     * @param bundle       name and version of where it comes from; empty without OSGi
     */
    public Bound(String resourceType, ResourceCleanup cleanup, int ranking, long registration, String bundle) {
        this(resourceType, cleanup, ranking, registration, bundle, "");
    }

    /**
     * A cleanup of a type that may not work in full here.
     *
     * @param limitation what does not, and why; empty if everything does
     */
    public Bound(
            String resourceType,
            ResourceCleanup cleanup,
            int ranking,
            long registration,
            String bundle,
            String limitation) {
        this.resourceType = resourceType;
        this.cleanup = cleanup;
        this.ranking = ranking;
        this.registration = registration;
        this.bundle = bundle;
        this.limitation = limitation;
    }

    /** Its type. */
    public String resourceType() {
        return resourceType;
    }

    /** The foreign code; call it only within {@link #tryEnter} and {@link #exit}. */
    public ResourceCleanup cleanup() {
        return cleanup;
    }

    int ranking() {
        return ranking;
    }

    void rank(int value) {
        ranking = value;
    }

    long registration() {
        return registration;
    }

    /** Where it comes from. */
    public String bundle() {
        return bundle;
    }

    /** What does not work here; empty if everything does. */
    String limitation() {
        return limitation;
    }

    Semaphore permits() {
        return permits;
    }

    /** How many calls are past their deadline and have not returned. Those that only helped others don't count. */
    int stuck() {
        int stuck = 0;
        for (var call : givenUp) {
            stuck += call.isHelper() ? 0 : 1;
        }
        return stuck;
    }

    /** Whether a call for this process is stuck. */
    boolean isStuckFor(long pid) {
        return givenUp.stream().anyMatch(call -> call.pid() == pid && !call.isHelper());
    }

    void addGivenUp(Call call) {
        givenUp.add(call);
    }

    void removeGivenUp(Call call) {
        givenUp.remove(call);
    }

    /** Whether it is being unbound, or was. */
    boolean isClosed() {
        return closed;
    }

    /**
     * Takes a place among the calls on workers; to be given back to {@link #permits()}.
     *
     * @param deadline how long to wait for it
     * @return empty; or, if there is no place, why
     */
    String admit(Duration deadline) {
        if (stuck() >= MAX_STUCK) {
            return "not called: " + MAX_STUCK + " earlier calls are stuck";
        }
        try {
            return permits.tryAcquire(deadline.toNanos(), TimeUnit.NANOSECONDS)
                    ? ""
                    : "not called: " + MAX_CALLS + " other calls did not make room";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "not called: interrupted while it waited for other calls";
        }
    }

    /** Begins a call; false if it is being unbound. */
    public boolean tryEnter() {
        int stripe = stripe();
        uses.getAndIncrement(stripe);
        // Volatile read after the volatile increment: pairs with close(), which sets this and then reads the counts.
        // Either we see that it is closed, or close() waits for us.
        if (closed) {
            uses.getAndDecrement(stripe);
            return false;
        }
        return true;
    }

    /** Ends a call, on the thread that began it. */
    public void exit() {
        uses.getAndDecrement(stripe());
    }

    /** Runs a call that {@link #tryEnter} has begun, marked as such for this thread. Does not {@link #exit}. */
    public <T, X extends Throwable> T inside(ScopedValue.CallableOp<? extends T, X> body) throws X {
        var present = innermost();
        if (present == NO_CALL || present.call != null) {
            return ScopedValue.where(CALLS, new Frame(present)).call(() -> inside(body));
        }
        present.call = this;
        try {
            return body.call();
        } finally {
            present.call = null;
        }
    }

    /**
     * Runs what makes several calls one after the other, itself not within one of them: marking a call costs as much as
     * the scope in which a mark counts, which is opened here once for all of them.
     */
    static void withoutCall(Runnable body) {
        ScopedValue.where(CALLS, new Frame(innermost())).run(body);
    }

    private static Frame innermost() {
        return CALLS.orElse(NO_CALL);
    }

    /** Runs foreign code that cleans although it is not bound, marked for this thread as a call into a plug-in. */
    public static <T> T insideUnbound(Supplier<T> body) {
        return UNBOUND.inside(body::get);
    }

    /** Whether the running thread is within a call into any plug-in. */
    public static boolean isWithinCall() {
        for (var frame = innermost(); frame != null; frame = frame.outer) {
            if (frame.call != null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Bars new calls, and waits for those in flight: not for those of this thread, nor for those given up.
     *
     * @return false if some were still in flight after {@code timeout}
     */
    boolean close(Duration timeout) {
        closed = true;
        long deadline = System.nanoTime() + timeout.toNanos();
        int own = ownCalls();
        Supplier<Boolean> quiet = () -> inFlight() <= own + givenUp.size();
        while (!quiet.get()) {
            if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return true;
    }

    /** How many calls are in it. */
    long inFlight() {
        long sum = 0;
        for (int i = 0; i < STRIPES; i++) {
            sum += uses.get(i * PADDING);
        }
        return sum;
    }

    private int ownCalls() {
        int own = 0;
        for (var frame = innermost(); frame != null; frame = frame.outer) {
            own += frame.call == this ? 1 : 0;
        }
        return own;
    }

    private static int stripe() {
        return ((int) Thread.currentThread().threadId() & STRIPES - 1) * PADDING;
    }

    @Override
    public String toString() {
        return bundle.isEmpty() ? resourceType : resourceType + " of " + bundle;
    }
}
