package org.reclaim.itests.osgi;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;

/**
 * A thread that has cleanups come and go without end: one that keeps a table, which is closed and opened with it; one
 * without, whose ranking changes, too; and the whole bundle of a type of the platform.
 */
final class Swapper {

    private static final String TOKENS = "tokens";
    private static final int RANKING = 450;

    /** Between two swaps, so that something happens in both states. */
    private static final long PAUSE_NANOS = 500_000;

    /** Starting a bundle takes longer than all else: it is done once in so many rounds. */
    private static final int ROUNDS_PER_RESTART = 10;

    private final BundleContext context;
    private final ResourceTables tables;
    private final Bundle bundle;
    private final Releaser<Integer> releaser;
    private final FutureTask<Void> work;
    private Tokens tokens;
    private ServiceRegistration<ResourceCleanup> passer;
    private volatile ResourceTable<Integer> table;
    private volatile boolean stopping;
    private volatile int swaps;

    /** A cleanup with the view of the table that goes with it. */
    private record Tokens(ResourceTable<Integer> table, ServiceRegistration<ResourceCleanup> registration) {}

    /**
     * Begins.
     *
     * @param bundle   of a type of the platform, to be stopped and started
     * @param released told of each token that is released
     */
    Swapper(BundleContext context, ResourceTables tables, Bundle bundle, IntConsumer released) {
        this.context = context;
        this.tables = tables;
        this.bundle = bundle;
        releaser = released::accept;
        tokens = open();
        passer = registerPasser();
        work = new FutureTask<>(() -> {
            swapUntilStopped();
            return null;
        });
        Thread.ofPlatform().name("swapper").start(work);
    }

    /** The table of the tokens; it may be closed at any moment, and then there is another one. */
    ResourceTable<Integer> table() {
        return table;
    }

    /** Stops with every cleanup in place, and says how many swaps there were. */
    int stop() throws InterruptedException, ExecutionException {
        stopping = true;
        work.get();
        return swaps;
    }

    /** Takes its cleanups away. */
    void close() {
        passer.unregister();
        shut(tokens);
    }

    private void swapUntilStopped() throws BundleException {
        for (int round = 0; !stopping; round++) {
            leaveAndComeBack();
            passer.setProperties(ranking(round % 2 == 0 ? RANKING + 1 : RANKING - 1));
            pause();
            replaceAfterwards();
            replaceBefore();
            if (round % ROUNDS_PER_RESTART == 0) {
                bundle.stop();
                pause();
                bundle.start();
                pause();
            }
        }
    }

    private void leaveAndComeBack() {
        passer.unregister();
        pause();
        passer = registerPasser();
        pause();
    }

    private ServiceRegistration<ResourceCleanup> registerPasser() {
        return context.registerService(ResourceCleanup.class, new Passer(), ranking(RANKING));
    }

    /** For a while there is none. */
    private void replaceAfterwards() {
        shut(tokens);
        pause();
        tokens = open();
        pause();
    }

    /** For a while there are two. */
    private void replaceBefore() {
        var old = tokens;
        tokens = open();
        pause();
        shut(old);
        pause();
    }

    private Tokens open() {
        var opened = tables.open(TOKENS, Integer.class, releaser);
        var cleanup = new ResourceCleanup() {
            @Override
            public CleanupStats cleanup(long pid) {
                return opened.releaseAll(pid);
            }

            @Override
            public String resourceType() {
                return TOKENS;
            }

            @Override
            public boolean hasResources(long pid) {
                return opened.hasResources(pid);
            }
        };
        table = opened;
        return new Tokens(opened, context.registerService(ResourceCleanup.class, cleanup, ranking(RANKING)));
    }

    private static void shut(Tokens tokens) {
        tokens.registration().unregister();
        tokens.table().detach();
    }

    private static Hashtable<String, Object> ranking(int value) {
        return new Hashtable<>(Map.of(Constants.SERVICE_RANKING, value));
    }

    private void pause() {
        swaps++;
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** A type of which nobody holds anything. */
    private static final class Passer implements ResourceCleanup {

        @Override
        public CleanupStats cleanup(long pid) {
            return CleanupStats.NONE;
        }

        @Override
        public String resourceType() {
            return "passing";
        }

        @Override
        public boolean hasResources(long pid) {
            return false;
        }
    }
}
