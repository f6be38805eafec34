package org.reclaim.filedescriptors.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;

/** The given tables, with something that happens right after each reservation. */
record Interposed(ResourceTables tables, Runnable happening) implements ResourceTables {

    @Override
    @SuppressWarnings("unchecked") // it has this one interface
    public <R> ResourceTable<R> open(String resourceType, Class<R> resource, Releaser<? super R> releaser) {
        var table = tables.open(resourceType, resource, releaser);
        return (ResourceTable<R>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ResourceTable.class}, (proxy, called, arguments) -> {
                    try {
                        var answer = called.invoke(table, arguments);
                        if (called.getName().equals("reserve")) {
                            happening.run();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
