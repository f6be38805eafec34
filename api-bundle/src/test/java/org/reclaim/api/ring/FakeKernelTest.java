package org.reclaim.api.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An instance, when the kernel is short of memory, interrupted, or does not end what was cancelled. */
class FakeKernelTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int EBUSY = 16;
    private static final int ENXIO = 6;
    private static final int ENOENT = -2;
    private static final int ECANCELED = -125;

    private FakeKernel kernel;
    private IoUring ring;

    @BeforeEach
    void make() throws ReflectiveOperationException {
        kernel = new FakeKernel();
        ring = kernel.ring;
    }

    @Test
    void whatTheKernelHasNotEndedIsStillHeldAndFreedLater() throws Exception {
        ring.queue().fsync(file(), false, 1);
        ring.submit();

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> ring.release(SHORT))
                    .isInstanceOf(IOException.class)
                    .hasMessage("Still held: io_uring 4 entries, fd 5, the kernel has not ended 1 operations,"
                            + " among them fsync of file /x, fd 9");
            assertThat(ring.buffers().scope().isAlive()).isTrue();
        }
        kernel.complete(0, 0);
        kernel.complete(1, ENOENT);
        var remains = ring.release(LONG).orElseThrow();

        assertThat(remains.descriptor()).isEqualTo(5);
        assertThat(remains.wakeUp()).isEqualTo(6);
        assertThat(ring.buffers().scope().isAlive()).isFalse();
        assertThat(ring.release(LONG)).as("to be unmapped and closed once").isEmpty();
    }

    @Test
    void aCancellationThatFoundNothingIsAskedForAgain() throws Exception {
        ring.queue().fsync(file(), false, 1);
        ring.submit();
        assertThat(ring.end(Duration.ZERO)).isFalse();
        assertThat(cancellations()).hasSize(1);
        assertThat(ring.end(Duration.ZERO)).as("one at a time").isFalse();
        assertThat(cancellations()).hasSize(1);

        kernel.complete(1, ENOENT);
        ring.end(Duration.ZERO); // takes that
        ring.end(Duration.ZERO);

        assertThat(cancellations()).hasSize(2).allMatch(each -> each.address() == 0);
        kernel.complete(0, ECANCELED);
        kernel.complete(1, 0);
        assertThat(ring.end(Duration.ZERO)).isTrue();
    }

    @Test
    void aNumberIsNotUsedAgainBeforeItsCancellationHasCompleted() throws Exception {
        for (int i = 0; i < FakeKernel.ENTRIES; i++) {
            ring.queue().nop(i);
        }
        ring.submit();
        ring.cancel(0);
        kernel.complete(0, 0);
        assertThat(ring.poll(Completion.NONE, 9)).isEqualTo(1);

        assertThat(ring.queue().nop(9)).isFalse();

        kernel.complete(1, ENOENT);
        assertThat(ring.poll(Completion.NONE, 9)).isZero();
        assertThat(ring.queue().nop(9)).isTrue();
    }

    @Test
    void aKernelThatIsShortOfMemoryTakesTheRestLater() throws Exception {
        for (int errno : new int[] {EAGAIN, EBUSY}) {
            ring.queue().nop(errno);
            kernel.answers.add(errno);

            assertThat(ring.submit()).isZero();
            assertThat(ring.submit()).isEqualTo(1);
        }
        assertThat(kernel.taken).hasSize(2);
    }

    @Test
    void anInterruptedCallIsRepeated() throws Exception {
        ring.queue().nop(1);
        kernel.answers.add(EINTR);

        assertThat(ring.submit()).isEqualTo(1);
    }

    @Test
    void otherErrorsAreReportedAndNothingIsLost() throws Exception {
        ring.queue().nop(1);
        kernel.answers.add(ENXIO);

        assertThatThrownBy(ring::submit)
                .isInstanceOf(IoUringException.class)
                .hasMessage("io_uring_enter of io_uring 4 entries, fd 5: errno 6")
                .asInstanceOf(type(IoUringException.class))
                .returns(ENXIO, IoUringException::errno);

        assertThat(ring.submit()).isEqualTo(1);
    }

    @Test
    void whatWasTakenIsToldEvenIfTheKernelDoesNotGoOnWithTheRest() throws Exception {
        ring.queue().nop(1);
        ring.queue().poll(file(), OperationQueue.POLLIN, 2);
        ring.submit();
        kernel.complete(0, 0);
        kernel.complete(2, ECANCELED); // nobody has asked for it: its thread has ended
        kernel.answers.add(ENXIO);
        List<Long> told = new ArrayList<>();

        assertThatThrownBy(() -> ring.poll((token, result) -> told.add(token), 9))
                .isInstanceOf(IoUringException.class);

        assertThat(told).containsExactly(1L);
        assertThat(ring.submit()).as("it is queued again").isEqualTo(1);
        kernel.complete(2, OperationQueue.POLLIN);
        assertThat(ring.poll((token, result) -> told.add(token), 9)).isEqualTo(1);
        assertThat(told).containsExactly(1L, 2L);
    }

    @Test
    void whatLostItsThreadWhileTheKernelIsShortOfMemoryGoesOnLater() throws Exception {
        List<Integer> results = new ArrayList<>();
        submitPoll(1);
        kernel.complete(0, ECANCELED);
        kernel.answers.add(EAGAIN);
        assertThat(ring.poll((token, result) -> results.add(result), 9)).isZero();
        assertThat(kernel.taken).hasSize(1);

        assertThat(ring.poll((token, result) -> results.add(result), 9)).isZero();

        assertThat(kernel.taken).hasSize(2);
        kernel.complete(0, OperationQueue.POLLIN);
        ring.poll((token, result) -> results.add(result), 9);
        assertThat(results).containsExactly(OperationQueue.POLLIN);
    }

    @Test
    void whoAwaitsAsksAShortKernelAgainSoon() throws Exception {
        submitPoll(1);
        kernel.complete(0, ECANCELED);
        kernel.answers.addAll(List.of(EAGAIN, EBUSY, EAGAIN));

        var told = startAwait();

        assertThat(kernel.takings.tryAcquire(2, 1, TimeUnit.MINUTES)).isTrue();
        kernel.complete(0, OperationQueue.POLLIN);
        assertThat(told.get()).isEqualTo(1);
        assertThat(kernel.waits.subList(0, 2)).allMatch(wait -> wait.compareTo(Duration.ofMillis(10)) <= 0);
    }

    @Test
    void whoAwaitsAlreadyIsWokenToAskAgain() throws Exception {
        submitPoll(1);
        kernel.patient = true;
        var told = startAwait();
        assertThat(kernel.waiting.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
        kernel.complete(0, ECANCELED);
        kernel.answers.add(EAGAIN);

        assertThat(ring.poll(Completion.NONE, 9)).isZero();

        assertThat(kernel.takings.tryAcquire(2, 1, TimeUnit.MINUTES)).isTrue();
        kernel.patient = false;
        kernel.complete(0, OperationQueue.POLLIN);
        assertThat(told.get()).isEqualTo(1);
    }

    @Test
    void whatIsCancelledWhileItWaitsForAShortKernelCompletesAsCancelled() throws Exception {
        List<Integer> results = new ArrayList<>();
        submitPoll(1);
        kernel.complete(0, ECANCELED);
        kernel.answers.addAll(List.of(EAGAIN, EAGAIN));
        ring.poll(Completion.NONE, 9);

        assertThat(ring.cancel(1)).isEqualTo(1);

        ring.poll((token, result) -> results.add(result), 9);
        assertThat(kernel.taken).extracting(FakeKernel.Taken::opcode).containsExactly(Opcodes.POLL_ADD, Opcodes.NOP);
        kernel.complete(0, 0);
        ring.poll((token, result) -> results.add(result), 9);
        assertThat(results).containsExactly(ECANCELED);
    }

    @Test
    void whatFailsWhileItIsWordedTakesNoPlace() throws Exception {
        var core = new RingCore(kernel.setup);
        var file = file();

        for (int i = 0; i <= FakeKernel.ENTRIES; i++) {
            assertThatThrownBy(() -> core.queue((slot, slots, auxiliary) -> {
                throw new StackOverflowError("of a test");
            }, file, Completion.NONE, 1)).hasMessage("of a test");
        }

        assertThat(core.inFlight()).isZero();
        file.close();
        core.end();
        assertThat(core.drain()).as("it can be released").isTrue();
    }

    @Test
    void aDescriptorIsClosedOnce() throws Exception {
        var file = file();

        file.close();
        file.close();

        assertThat(kernel.closed).containsExactly(9);
    }

    @Test
    void mappingsThatAreTooShortAreRefused() {
        var geometry = new RingGeometry(1, 2, 0, 4, 8, 64, 12, 16, 128);
        assertThat(geometry.queuesByteSize()).isEqualTo(160);
        assertThatThrownBy(() -> new RingGeometry(3, 8, 0, 0, 0, 0, 0, 0, 0))
                .hasMessage("submissionEntries is 3, must be a power of two");
        assertThatThrownBy(() -> geometry.requireFits(ring.buffers(), ring.buffers()))
                .hasMessage("The mappings have 64 and 64 bytes, must have 160 and 64 or more");
    }

    private FutureTask<Integer> startAwait() {
        var told = new FutureTask<>(() -> ring.await(1, Duration.ofMinutes(5), Completion.NONE));
        Thread.ofPlatform().daemon().start(told);
        return told;
    }

    private void submitPoll(long token) throws Exception {
        assertThat(ring.queue().poll(file(), OperationQueue.POLLIN, token)).isTrue();
        assertThat(ring.submit()).isEqualTo(1);
    }

    private RingDescriptor file() throws ReflectiveOperationException {
        return new RingDescriptor(FakeKernel.PID, 9, "file /x", Optional.empty(), kernel.calls());
    }

    private List<FakeKernel.Taken> cancellations() {
        return kernel.taken.stream().filter(each -> each.opcode() == Opcodes.ASYNC_CANCEL).toList();
    }
}
