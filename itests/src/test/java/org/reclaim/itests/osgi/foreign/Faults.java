package org.reclaim.itests.osgi.foreign;

import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ResourceCleanup;

/** Plug-ins, each wrong in its own way. They rank before sockets, so that what comes after them shows. */
public final class Faults {

    /** What hangs goes on hanging, whatever interrupts it, until this system property is set. */
    public static final String LET_GO = "reclaim.itests.let.go";

    private static final int TEN_MEGABYTES = 10 << 20;

    private Faults() {}

    private static void hang() {
        while (System.getProperty(LET_GO) == null) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** What the others would be like if nothing were wrong with them: a type of which nothing is ever held. */
    public abstract static class Plugin implements ResourceCleanup {
        @Override
        public CleanupStats cleanup(long pid) {
            return CleanupStats.NONE;
        }

        @Override
        public String resourceType() {
            return "faulty." + getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean hasResources(long pid) {
            return false;
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class ConstructorThrows extends Plugin {
        public ConstructorThrows() {
            throw new AssertionError("no constructor today");
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class ActivateThrows extends Plugin {
        @Activate
        void activate() {
            throw new IllegalStateException("no activation today");
        }
    }

    /** A manager of which nobody else can make an implementation, so neither a front. */
    public sealed interface SealedManager permits ManagerIsSealed {}

    @Component(
            service = ResourceCleanup.class,
            property = "reclaim.manager=org.reclaim.itests.osgi.foreign.Faults$SealedManager")
    @ServiceRanking(750)
    public static final class ManagerIsSealed extends Plugin implements SealedManager {}

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class TypeThrows extends Plugin {
        @Override
        public String resourceType() {
            throw new LinkageError("no type today");
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class TypeHangs extends Plugin {
        @Override
        public String resourceType() {
            hang();
            return super.resourceType();
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class TypeIsNull extends Plugin {
        @Override
        public String resourceType() {
            return null;
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class TypeIsEmpty extends Plugin {
        @Override
        public String resourceType() {
            return "";
        }
    }

    /** The constant that the interface asks for is another one each time. */
    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class TypeChanges extends Plugin {
        private int asked;

        @Override
        public String resourceType() {
            asked++;
            return super.resourceType() + "." + asked;
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class TypeIsHuge extends Plugin {
        @Override
        public String resourceType() {
            return "x".repeat(TEN_MEGABYTES);
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class CleanupHangs extends Plugin {
        @Override
        public boolean hasResources(long pid) {
            return System.getProperty(LET_GO) == null;
        }

        @Override
        public CleanupStats cleanup(long pid) {
            hang();
            return CleanupStats.NONE;
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class EndingHangs extends Plugin implements ProcessEnding {
        @Override
        public boolean hasResources(long pid) {
            return System.getProperty(LET_GO) == null;
        }

        @Override
        public void ending(long pid) {
            hang();
        }
    }

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(750)
    public static class HasResourcesThrows extends Plugin {
        @Override
        public boolean hasResources(long pid) {
            throw new StackOverflowError("no answer today");
        }
    }

    /** A property without a type is a String. */
    @Component(service = ResourceCleanup.class, property = "service.ranking=750")
    public static class RankingIsString extends Plugin {}

    @Component(service = ResourceCleanup.class)
    @ServiceRanking(650)
    public static class SecondSockets extends Plugin {
        @Override
        public String resourceType() {
            return "sockets";
        }
    }
}
