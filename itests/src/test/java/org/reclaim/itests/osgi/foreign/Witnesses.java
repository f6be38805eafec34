package org.reclaim.itests.osgi.foreign;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.ResourceCleanup;

/** Witnesses that are published in different ways. All are cleaned last, when everything of the platform is freed. */
public final class Witnesses {

    private static final int LAST = 50;

    private Witnesses() {}

    /** Its component sorts before all others. */
    @Component(name = "aaa.Witness", service = ResourceCleanup.class)
    @ServiceRanking(LAST)
    public static final class Aaa extends Witness {
        public Aaa() {
            super("aaa");
        }
    }

    /** Its component sorts after all others. */
    @Component(name = "zzz.Witness", service = ResourceCleanup.class)
    @ServiceRanking(LAST)
    public static final class Zzz extends Witness {
        public Zzz() {
            super("zzz");
        }
    }

    /** No component. */
    public static final class Plain implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            var properties = new Hashtable<String, Object>(Map.of(Constants.SERVICE_RANKING, LAST));
            context.registerService(ResourceCleanup.class, new Witness("plain"), properties);
        }

        @Override
        public void stop(BundleContext context) {
            // The framework unregisters the service.
        }
    }
}
