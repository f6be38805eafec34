package org.reclaim.orchestrator.internal.osgi;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.SynchronousBundleListener;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fronts, one per manager interface. A front stays when the bundle behind it goes. */
final class Fronts implements SynchronousBundleListener {

    private static final Logger LOG = LoggerFactory.getLogger(Fronts.class);

    private final BundleContext context;
    private final Supplier<Settings> settings;

    /** Under the lock, by name of the interface. The framework is called outside of it. */
    private final Map<String, Front> fronts = new HashMap<>();

    Fronts(BundleContext context, Supplier<Settings> settings) {
        this.context = context;
        this.settings = settings;
        context.addBundleListener(this);
    }

    /**
     * Puts a cleanup behind the front of a manager interface.
     *
     * @return false if its object is no such manager, or there can be no front of it; that is logged
     */
    boolean bind(String manager, Bound bound, Object target) {
        var type = interfaceOf(target.getClass(), manager);
        if (type.isEmpty()) {
            LOG.warn("{} names the manager {}, but its object does not implement it: no front", bound, manager);
            return false;
        }
        Front front;
        Front replaced = null;
        try {
            synchronized (fronts) {
                front = fronts.get(manager);
                if (front == null || front.type() != type.get()) {
                    var made = new Front(context, type.get(), settings);
                    replaced = fronts.put(manager, made);
                    front = made;
                }
            }
        } catch (IllegalArgumentException | LinkageError e) {
            LOG.warn(
                    "{} names the manager {}, of which there can be no front: {}. It comes from {}",
                    bound,
                    manager,
                    Failures.describe(e),
                    locationOf(target));
            return false;
        }
        if (replaced != null) {
            replaced.unregister();
        }
        front.bind(bound, target);
        return true;
    }

    /** Takes a cleanup from behind a front; another one that was put there before counts again. */
    void unbind(String manager, Bound bound) {
        Front front;
        synchronized (fronts) {
            front = fronts.get(manager);
        }
        if (front != null) {
            front.unbind(bound);
            removeIfOver(manager, front);
        }
    }

    private void removeIfOver(String manager, Front front) {
        boolean removed;
        synchronized (fronts) {
            removed = front.isOver() && fronts.remove(manager, front);
        }
        if (removed) {
            front.unregister();
        }
    }

    /**
     * A front goes when the bundle of its interface goes: it would pin that one's class loader. But not while something
     * is behind it: that is still wired to what the bundle was, as its users are, until the framework refreshes them.
     */
    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() != BundleEvent.UNRESOLVED && event.getType() != BundleEvent.UNINSTALLED) {
            return;
        }
        Map<String, Front> orphans = new HashMap<>();
        synchronized (fronts) {
            fronts.forEach((manager, front) -> {
                if (event.getBundle().equals(FrameworkUtil.getBundle(front.type()))) {
                    front.orphan();
                    orphans.put(manager, front);
                }
            });
        }
        orphans.forEach(this::removeIfOver);
    }

    void close() {
        context.removeBundleListener(this);
        Map<String, Front> all;
        synchronized (fronts) {
            all = Map.copyOf(fronts);
            fronts.clear();
        }
        all.values().forEach(Front::unregister);
    }

    private static String locationOf(Object target) {
        var bundle = FrameworkUtil.getBundle(target.getClass());
        return bundle == null ? "no bundle" : bundle.getLocation();
    }

    /** The interface of that name among those that a class implements, itself or by what it inherits. */
    private static Optional<Class<?>> interfaceOf(Class<?> implementation, String name) {
        for (Class<?> type = implementation; type != null; type = type.getSuperclass()) {
            for (var candidate : type.getInterfaces()) {
                if (candidate.getName().equals(name)) {
                    return Optional.of(candidate);
                }
                var inherited = interfaceOf(candidate, name);
                if (inherited.isPresent()) {
                    return inherited;
                }
            }
        }
        return Optional.empty();
    }
}
