package org.reclaim.orchestrator.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.SchedulerSettings;

/** Who is next, policy by policy. */
class RunQueueTest {

    private static final Duration AGEING = Duration.ofSeconds(1);

    private long arrivals;

    private RunQueue full(int places, SchedulingPolicy policy, String... groups) {
        var queue = new RunQueue(new SchedulerSettings(places, policy, AGEING));
        for (int i = 0; i < places; i++) {
            queue.add(ticket(900 + i, 0, groups.length == 0 ? "g" : groups[i], 0));
            assertThat(queue.next()).isPresent();
        }
        return queue;
    }

    private Ticket ticket(long pid, int priority, String group, double sinceSeconds) {
        return new Ticket(pid, priority, group, (long) (sinceSeconds * 1e9), arrivals++);
    }

    private static List<Long> order(RunQueue queue) {
        return queue.copy().drain().stream().map(Ticket::pid).toList();
    }

    private static void replace(RunQueue queue, long pid, UnaryOperator<Ticket> change) {
        queue.replace(change.apply(queue.waiting(pid).orElseThrow()));
    }

    @Test
    void withoutALimitNobodyWaits() {
        var queue = new RunQueue(SchedulerSettings.DEFAULT);
        for (int pid = 1; pid <= 1_000; pid++) {
            assertThat(queue.hasRoom()).isTrue();
            queue.add(ticket(pid, 0, "g", 0));
            assertThat(queue.next()).isPresent();
        }

        assertThat(queue.running()).isEqualTo(1_000);
    }

    @Test
    void firstComeFirstServedLooksAtNothingElse() {
        var queue = full(1, SchedulingPolicy.FIFO);
        queue.add(ticket(1, 0, "a", 0));
        queue.add(ticket(2, 100, "b", 0));

        assertThat(order(queue)).containsExactly(1L, 2L);
    }

    @Test
    void theMostUrgentIsNextAndOfEqualOnesTheOldest() {
        var queue = full(1, SchedulingPolicy.PRIORITY);
        queue.add(ticket(1, 10, "g", 0));
        queue.add(ticket(2, 90, "g", 0));
        queue.add(ticket(3, 50, "g", 0));
        queue.add(ticket(4, 90, "g", 0));

        assertThat(order(queue)).containsExactly(2L, 4L, 3L, 1L);
    }

    @Test
    void groupsThatComeAnewAgainAndAgainDoNotKeepOneWaitingThatStays() {
        var queue = full(1, SchedulingPolicy.FAIR, "first");
        queue.add(ticket(1, 0, "stays", 0));
        queue.add(ticket(2, 0, "stays", 0));
        queue.remove(900);
        long running = queue.next().orElseThrow().pid();
        for (int i = 3; i < 10 && running != 2; i++) {
            queue.add(ticket(i, 0, "comes " + i % 2, 0)); // the other one is over then, and forgotten
            queue.remove(running);
            running = queue.next().orElseThrow().pid();
        }

        assertThat(running).isEqualTo(2);
    }

    @Test
    void waitingRaisesThePriorityByOneInEachAgeingTime() {
        var queue = full(1, SchedulingPolicy.PRIORITY);
        queue.add(ticket(1, 10, "g", 0));
        queue.add(ticket(2, 15, "g", 4.9));
        queue.add(ticket(3, 15, "g", 5.1));

        // The first has waited for five steps of priority when the third comes, but only for 4.9 when the second does.
        assertThat(order(queue)).containsExactly(2L, 1L, 3L);
    }

    @Test
    void theLeastUrgentIsNotOvertakenForEver() {
        var queue = full(1, SchedulingPolicy.PRIORITY);
        queue.add(ticket(1, 0, "g", 0));
        for (int second = 0; second < 200; second++) {
            queue.add(ticket(1_000 + second, 100, "g", second + 0.5));
        }

        assertThat(order(queue).indexOf(1L)).isEqualTo(100);
    }

    @Test
    void anotherPriorityCountsFromTheTimeAtWhichItCame() {
        var queue = full(1, SchedulingPolicy.PRIORITY);
        queue.add(ticket(1, 10, "g", 0));
        queue.add(ticket(2, 20, "g", 0));

        replace(queue, 1, ticket -> ticket.withPriority(20));

        assertThat(order(queue)).containsExactly(1L, 2L);
    }

    @Test
    void groupsShareThePlacesAndWithinAGroupItGoesByPriority() {
        var queue = full(2, SchedulingPolicy.FAIR, "a", "b");
        queue.add(ticket(1, 50, "a", 0));
        queue.add(ticket(2, 99, "a", 0));
        queue.add(ticket(3, 50, "a", 0));
        queue.add(ticket(4, 0, "b", 0));

        assertThat(order(queue)).containsExactly(2L, 4L, 1L, 3L);

        // The place of b goes to b: a has one already.
        queue.remove(901);
        assertThat(queue.next()).map(Ticket::pid).contains(4L);
    }

    @Test
    void aGroupThatFillsTheQueueDoesNotKeepAnotherOneWaiting() {
        var queue = full(2, SchedulingPolicy.FAIR, "many", "many");
        for (int pid = 1; pid <= 100; pid++) {
            queue.add(ticket(pid, 100, "many", 0));
        }
        queue.add(ticket(200, 0, "one", 50));

        assertThat(order(queue)).startsWith(200L);
    }

    @Test
    void movingToAnotherGroupTakesItsTurnThere() {
        var queue = full(2, SchedulingPolicy.FAIR, "a", "a");
        queue.add(ticket(1, 50, "a", 0));
        queue.add(ticket(2, 50, "a", 0));

        replace(queue, 2, ticket -> ticket.withGroup("b"));

        assertThat(order(queue)).containsExactly(2L, 1L);
    }

    @Test
    void anotherPolicyKeepsAllThatWaits() {
        var queue = full(1, SchedulingPolicy.FIFO);
        queue.add(ticket(1, 10, "g", 0));
        queue.add(ticket(2, 90, "g", 0));

        queue.change(new SchedulerSettings(1, SchedulingPolicy.PRIORITY, AGEING));
        assertThat(order(queue)).containsExactly(2L, 1L);
        queue.change(new SchedulerSettings(1, SchedulingPolicy.FIFO, AGEING));
        assertThat(order(queue)).containsExactly(1L, 2L);
    }

    @Test
    void withFewerPlacesNothingStartsBeforeEnoughHasEnded() {
        var queue = full(3, SchedulingPolicy.FIFO);
        queue.add(ticket(1, 50, "g", 0));
        queue.change(new SchedulerSettings(1, SchedulingPolicy.FIFO, AGEING));

        queue.remove(900);
        queue.remove(901);
        assertThat(queue.next()).isEmpty();
        queue.remove(902);
        assertThat(queue.next()).isPresent();
    }

    @Test
    void whoIsRemovedWhileItWaitsIsForgottenAndTakesNobodysPlace() {
        var queue = full(1, SchedulingPolicy.FAIR);
        queue.add(ticket(1, 50, "g", 0));
        queue.remove(1);
        queue.remove(1);
        queue.remove(4711);

        assertThat(queue.running()).isEqualTo(1);
        assertThat(queue.waiting()).isZero();
        queue.remove(900);
        assertThat(queue.next()).isEmpty();
        assertThat(queue.running()).isZero();
    }
}
