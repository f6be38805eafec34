package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.EndReason;

/**
 * Ends a process and everything below it, children before their parents. The tree is walked by loops: it may be deeper
 * than a stack. One thread at a time runs it; after an interrupt another may go on.
 */
final class EndOfTree {

    private static final Duration LONG = Duration.ofDays(365);

    /** A process that somebody else is ending is only waited for: then {@code own} is null. */
    private record Member(ProcessRecord process, EndOfProcess own) {}

    private final List<Member> members;
    private int next;

    /**
     * Claims all ends of a tree whose root was claimed by the caller.
     *
     * @param root      its state is TERMINATING
     * @param endingOf  makes the end of a process that was claimed
     */
    EndOfTree(ProcessRecord root, Function<ProcessRecord, EndOfProcess> endingOf) {
        this.members = claim(root, endingOf);
        // What has no children of its own can stop while the others do; a parent is asked when its children are gone.
        for (var member : members) {
            if (member.own() != null && member.process().children().isEmpty()) {
                member.own().requestStop();
            }
        }
    }

    private static List<Member> claim(ProcessRecord root, Function<ProcessRecord, EndOfProcess> endingOf) {
        if (root.children().isEmpty()) {
            return List.of(new Member(root, endingOf.apply(root)));
        }
        var parentsFirst = new ArrayList<Member>();
        var open = new ArrayDeque<ProcessRecord>();
        open.push(root);
        while (!open.isEmpty()) {
            var process = open.pop();
            boolean own = process == root || process.beginEnd(EndCause.of(EndReason.PARENT_ENDED));
            parentsFirst.add(new Member(process, own ? endingOf.apply(process) : null));
            if (own) {
                process.children().forEach(open::push);
            }
        }
        return parentsFirst.reversed();
    }

    /**
     * Ends them, and waits.
     *
     * @param finished called after each end of a process that was claimed here
     * @throws InterruptedException if the thread is interrupted while it waits; another call goes on
     */
    void run(Finished finished) throws InterruptedException {
        while (next < members.size()) {
            var member = members.get(next);
            if (member.own() == null) {
                member.process().awaitEnd(LONG);
            } else {
                finished.ended(member.process(), member.own().run());
            }
            next++;
        }
    }

    /** Told of each end. */
    interface Finished {
        void ended(ProcessRecord process, CleanupResult result);
    }
}
