package org.reclaim.memory.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** The type on the real tables, with something that happens right after each call of one method of its table. */
record Interposed(String method, Runnable happening) implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return OffHeapMemory.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.MEMORY;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new OffHeapMemory(new ResourceTables() {
            @Override
            public <R> ResourceTable<R> open(String resourceType, Class<R> resource, Releaser<? super R> releaser) {
                return interposeIn(tables.open(resourceType, resource, releaser));
            }
        });
    }

    @SuppressWarnings("unchecked") // it has this one interface
    private <R> ResourceTable<R> interposeIn(ResourceTable<R> table) {
        return (ResourceTable<R>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ResourceTable.class}, (proxy, called, arguments) -> {
                    try {
                        var answer = called.invoke(table, arguments);
                        if (called.getName().equals(method)) {
                            happening.run();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
