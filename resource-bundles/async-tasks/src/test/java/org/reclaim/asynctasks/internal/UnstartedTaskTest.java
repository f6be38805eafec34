package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.TaskIndex;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** Between being tracked and being started: somebody may find a task, and the end of its process may come. */
@Timeout(60)
class UnstartedTaskTest {

    private final AtomicInteger runs = new AtomicInteger();
    private final Handle handle = new Handle();
    private final TestPlatform reclaim = new TestPlatform();
    private final TaskIndex index = TaskIndex.of(reclaim.processes());
    private final AsyncTask<Integer> task =
            new AsyncTask<>(index, 1, "t", TaskSchedule.once(Duration.ZERO), runs::incrementAndGet);

    @AfterEach
    void nothingIsLeftInTheIndex() {
        assertThat(index.find(task.id())).isEmpty();
        reclaim.close();
    }

    /** What may happen to it then. */
    enum Event {
        CANCELLED(AsyncTask::cancel, 1),
        CANCELLED_WITH_ITS_PROCESS(AsyncTask::cancelWithProcess, 0),
        RELEASED(AsyncTask::release, 1);

        private final Consumer<AsyncTask<?>> action;

        /** Closing the handle of what was released does nothing. */
        private final int closes;

        Event(Consumer<AsyncTask<?>> action, int closes) {
            this.action = action;
            this.closes = closes;
        }
    }

    private static final class Handle implements ResourceHandle<Object> {
        private final AtomicInteger closes = new AtomicInteger();

        @Override
        public Object get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long pid() {
            return 1;
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itNeverRuns(Event event) throws Exception {
        assertThat(task.state()).isEqualTo(TaskState.SCHEDULED);
        assertThat(task.isReleasable()).isFalse();
        assertThat(task.awaitStop(Duration.ZERO)).isFalse();

        event.action.accept(task);
        task.start(handle);

        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(task.isReleasable()).isTrue();
        assertThat(task.awaitStop(Duration.ZERO)).isTrue();
        assertThatThrownBy(() -> task.future().get()).isInstanceOf(CancellationException.class);
        assertThat(task.stackTrace()).isEmpty();
        assertThat(runs).hasValue(0);
        assertThat(handle.closes).hasValue(event.closes);
        task.release();
        assertThat(task.cancel()).isFalse();
    }

    @Test
    void itIsStartedOnce() throws Exception {
        task.start(handle);
        assertThatIllegalStateException().isThrownBy(() -> task.start(handle)).withMessageContaining(task.toString());
        task.future().get();

        assertThatIllegalStateException().isThrownBy(() -> task.start(handle));

        assertThat(task.awaitStop(Duration.ofSeconds(20))).isTrue();
        assertThat(runs).hasValue(1);
        assertThat(handle.closes).hasValue(1);
    }
}
