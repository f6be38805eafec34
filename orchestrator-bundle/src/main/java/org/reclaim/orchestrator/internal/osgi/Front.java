package org.reclaim.orchestrator.internal.osgi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.ServiceProperties;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service that users see under a manager interface: a proxy that passes calls on to whatever is bound, and waits a
 * while for it if nothing is. Defined in the interface's own class loader, because ours does not see it.
 */
final class Front implements InvocationHandler, ServiceListener {

    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private record Target(Bound bound, Object object) {}

    private final BundleContext context;
    private final Class<?> type;
    private final Supplier<Settings> settings;
    private final Object proxy;

    /** Under the lock; the last one counts. */
    private final List<Target> targets = new ArrayList<>();

    private volatile Target current;

    /** Requests to publish {@code reclaim.available}; who finds none in progress does them all. */
    private final AtomicInteger toPublish = new AtomicInteger();

    /** Used by the thread that publishes; the counter above hands it on. */
    private ServiceRegistration<?> registration;

    private volatile boolean gone;
    private volatile boolean orphaned;

    /**
     * A front with nothing behind it.
     *
     * @throws IllegalArgumentException if there can be no proxy of the interface, as it is sealed
     * @throws LinkageError             if something that it names can't be loaded
     */
    Front(BundleContext context, Class<?> type, Supplier<Settings> settings) {
        this.context = context;
        this.type = type;
        this.settings = settings;
        proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
    }

    /** Says that the bundle of the interface has gone, or was replaced. */
    void orphan() {
        orphaned = true;
    }

    /** Whether it is of no use to anybody: nothing is behind it, and nothing will come that has its interface. */
    boolean isOver() {
        return orphaned && current == null;
    }

    Class<?> type() {
        return type;
    }

    void bind(Bound bound, Object object) {
        synchronized (targets) {
            if (gone) {
                return;
            }
            targets.add(new Target(bound, object));
            current = targets.getLast();
            targets.notifyAll();
        }
        publish();
    }

    void unbind(Bound bound) {
        synchronized (targets) {
            targets.removeIf(target -> target.bound() == bound);
            current = targets.isEmpty() ? null : targets.getLast();
        }
        publish();
    }

    /**
     * Brings the service in line with what is wanted now. One thread at a time does it, and outside of every lock:
     * listeners are foreign. Who comes meanwhile leaves it to that one, which looks again.
     */
    private void publish() {
        if (toPublish.getAndIncrement() > 0) {
            return;
        }
        int done = 1;
        do {
            try {
                publishOnce();
            } catch (IllegalStateException e) { // the framework's word for: your bundle is stopping
                LOG.debug("The front of {} goes with the platform's bundle", type.getName(), e);
            }
            done = toPublish.addAndGet(-done);
        } while (done > 0);
    }

    private void publishOnce() {
        var present = registration;
        if (gone) {
            registration = null;
            context.removeServiceListener(this);
            if (present != null) {
                present.unregister();
            }
        } else if (present == null) {
            warnOfOthers();
            registration = context.registerService(type.getName(), proxy, properties());
        } else {
            present.setProperties(properties());
        }
    }

    private Dictionary<String, Object> properties() {
        var properties = new Hashtable<String, Object>();
        properties.put(Constants.SERVICE_RANKING, Integer.MAX_VALUE);
        properties.put(ServiceProperties.AVAILABLE, current != null);
        return properties;
    }

    /** Who registers a manager by himself goes past the front, and with it past the hot swap. */
    private void warnOfOthers() {
        var filter = "(" + Constants.OBJECTCLASS + "=" + type.getName() + ")";
        try {
            context.addServiceListener(this, filter);
            var present = context.getAllServiceReferences(type.getName(), null);
            if (present != null) {
                for (var reference : present) {
                    warnOf(reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("The filter " + filter + " is wrong", e);
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.REGISTERED) {
            warnOf(event.getServiceReference());
        }
    }

    private void warnOf(ServiceReference<?> reference) {
        if (!context.getBundle().equals(reference.getBundle())) {
            LOG.warn(
                    "{} registers a {} of its own: its users are cut off when that bundle is replaced. It should name"
                            + " the interface in the property {} of its ResourceCleanup instead",
                    reference.getBundle(),
                    type.getName(),
                    ServiceProperties.MANAGER);
        }
    }

    /** Takes the service away for good; who waits for its bundle is told at once. */
    void unregister() {
        synchronized (targets) {
            gone = true;
            targets.clear();
            current = null;
            targets.notifyAll();
        }
        publish();
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> self == arguments[0];
                case "hashCode" -> System.identityHashCode(self);
                default -> "front of " + type.getName();
            };
        }
        var wait = settings.get().frontWait();
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            var target = await(deadline, wait);
            if (target.bound().tryEnter()) {
                try {
                    return target.bound().inside(() -> call(target, method, arguments));
                } finally {
                    target.bound().exit();
                }
            }
            forget(target);
        }
    }

    private Object call(Target target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target.object(), arguments);
        } catch (InvocationTargetException e) {
            // A bundle that was updated or uninstalled can't load what it has not loaded yet.
            if (e.getCause() instanceof LinkageError && target != current) {
                throw unavailable("went away during the call", e.getCause());
            }
            throw e.getCause();
        }
    }

    /** The target, once there is one; {@code wait} is what it is told that waited in vain. */
    private Target await(long deadline, Duration wait) {
        var target = current;
        if (target != null) {
            return target;
        }
        synchronized (targets) {
            while (current == null) {
                long left = deadline - System.nanoTime();
                if (gone) {
                    throw unavailable("has gone together with its interface, or with the platform", null);
                }
                if (left <= 0) {
                    throw unavailable("is away, and did not come back within " + wait, null);
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(targets, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw unavailable("is away, and the wait for it was interrupted", e);
                }
            }
            return current;
        }
    }

    /** A target that is being unbound is about to leave; until then it must not be tried over and over. */
    private void forget(Target target) {
        synchronized (targets) {
            targets.remove(target);
            current = targets.isEmpty() ? null : targets.getLast();
        }
    }

    private ResourceTypeUnavailableException unavailable(String what, Throwable cause) {
        var message = "The resource bundle behind " + type.getName() + " " + what;
        return cause == null
                ? new ResourceTypeUnavailableException(message)
                : new ResourceTypeUnavailableException(message, cause);
    }
}
