package org.reclaim.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/**
 * A resource type with something that happens right after each call of one method of its table, so that a test can end
 * a process at exactly that moment of an acquisition.
 *
 * @param resourceType the type
 * @param ranking      its place in the order of cleanup
 * @param type         makes it, on the tables it is given
 * @param moment       the method of {@link ResourceTable}, such as {@code reserve}
 * @param happening    what happens then
 */
public record InterposedProvider(
        String resourceType,
        int ranking,
        Function<ResourceTables, ? extends ResourceCleanup> type,
        String moment,
        Runnable happening)
        implements ResourceTypeProvider {

    /** After {@code moment} of the type that another provider makes. */
    public InterposedProvider(ResourceTypeProvider provider, String moment, Runnable happening) {
        this(provider.resourceType(), provider.ranking(), provider::create, moment, happening);
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return type.apply(new ResourceTables() {
            @Override
            public <R> ResourceTable<R> open(String name, Class<R> resource, Releaser<? super R> releaser) {
                return interposeIn(tables.open(name, resource, releaser));
            }

            @Override
            public ProcessManager processes() {
                return tables.processes();
            }
        });
    }

    @SuppressWarnings("unchecked") // it has this one interface
    private <R> ResourceTable<R> interposeIn(ResourceTable<R> table) {
        return (ResourceTable<R>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ResourceTable.class}, (proxy, called, arguments) -> {
                    try {
                        var answer = called.invoke(table, arguments);
                        if (called.getName().equals(moment)) {
                            happening.run();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
