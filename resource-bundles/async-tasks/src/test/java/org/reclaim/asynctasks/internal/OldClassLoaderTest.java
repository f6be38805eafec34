package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.testing.TestPlatform;

/** What a bundle of this type is to the JVM once it was replaced: garbage, though its tasks run on. */
@Timeout(60)
class OldClassLoaderTest {

    private final TestPlatform reclaim = new TestPlatform(builder -> builder.without(AsyncTasks.TYPE));
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    /** Has classes of its own for this type, as a bundle has; everything else is shared. */
    private static final class BundleLoader extends URLClassLoader {

        BundleLoader() {
            super(new URL[] {AsyncTasks.class.getProtectionDomain().getCodeSource().getLocation()},
                    AsyncTasks.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith("org.reclaim.asynctasks.")) {
                    return super.loadClass(name, resolve);
                }
                var loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }

    @Test
    void neitherRunningNorWaitingTasksKeepIt() throws Exception {
        var stubborn = new Stubborn();
        var waiting = new Waiting();
        var tasks = new ArrayList<AsyncTask<?>>();

        var loader = startByABundleThatGoes(tasks, stubborn, waiting);
        var next = new AsyncTasks(reclaim.processes().tables(), Duration.ofSeconds(20));

        await().until(() -> {
            System.gc();
            return loader.get() == null;
        });
        assertThat(tasks).noneMatch(task -> task.state().isFinal());
        assertThat(Threads.of(pid)).isEqualTo(tasks.size());
        next.ending(pid);
        stubborn.letGo();
        assertThat(next.cleanup(pid).resourcesFreed()).isEqualTo(tasks.size());
    }

    /** In a method of its own, so that this thread's stack keeps nothing. */
    private WeakReference<ClassLoader> startByABundleThatGoes(
            List<AsyncTask<?>> tasks, Stubborn stubborn, Waiting waiting) throws Exception {
        try (var loader = new BundleLoader()) {
            var type = loader.loadClass(AsyncTasks.class.getName());
            assertThat(type).isNotSameAs(AsyncTasks.class);
            var constructor = type.getDeclaredConstructor(ResourceTables.class, Duration.class);
            constructor.setAccessible(true);
            var manager = (AsyncTaskManager) constructor.newInstance(reclaim.processes().tables(), Duration.ZERO);
            tasks.add(manager.submit(pid, "stubborn", stubborn));
            tasks.add(manager.submit(pid, "waiting", waiting));
            tasks.add(manager.schedule(pid, "later", TaskSchedule.LONGEST, () -> {}));
            tasks.add(manager.scheduleAtFixedRate(pid, "ticks", Duration.ZERO, Duration.ofMillis(1), () -> {}));
            stubborn.awaitEntered();
            waiting.awaitEntered();
            var detach = type.getDeclaredMethod("detach");
            detach.setAccessible(true);
            detach.invoke(manager);
            return new WeakReference<>(loader);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
