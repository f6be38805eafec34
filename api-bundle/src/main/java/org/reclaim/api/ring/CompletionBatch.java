package org.reclaim.api.ring;

/** Completions between being taken from the kernel, under the lock, and being told, under none. For one thread. */
final class CompletionBatch {

    private final Completion[] completions;
    private final long[] tokens;
    private final int[] results;

    /** Those before it were given on. */
    private int first;
    private int end;

    CompletionBatch(int capacity) {
        completions = new Completion[capacity];
        tokens = new long[capacity];
        results = new int[capacity];
    }

    int size() {
        return end - first;
    }

    boolean isFull() {
        return end == tokens.length;
    }

    void add(Completion completion, long token, int result) {
        completions[end] = completion;
        tokens[end] = token;
        results[end] = result;
        end++;
    }

    /** Moves what fits, up to a limit, to another one. */
    void moveTo(CompletionBatch other, int limit) {
        while (first < end && other.size() < limit && !other.isFull()) {
            other.add(completions[first], tokens[first], results[first]);
            completions[first] = null;
            first++;
        }
    }

    /** Tells all, whatever is thrown; then throws the first of that. Empty afterwards. */
    int tell(Completion handler) {
        int told = size();
        Throwable failure = null;
        for (; first < end; first++) {
            var completion = completions[first] == null ? handler : completions[first];
            completions[first] = null;
            try {
                completion.completed(tokens[first], results[first]);
            } catch (Throwable t) { // a completion that was taken from the kernel must not get lost
                if (failure == null) {
                    failure = t;
                } else if (failure != t) {
                    failure.addSuppressed(t);
                }
            }
        }
        first = 0;
        end = 0;
        if (failure != null) {
            CompletionBatch.<RuntimeException>rethrow(failure);
        }
        return told;
    }

    /** As it was thrown, be it a checked exception that its thrower has not declared. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(Throwable failure) throws T {
        throw (T) failure;
    }
}
