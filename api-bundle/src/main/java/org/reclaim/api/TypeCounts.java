package org.reclaim.api;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;

/**
 * How many of each type, in an order. Immutable. A map of two arrays: there are few types, and one is made at each end,
 * where a hash map of them would cost more than freeing what is held.
 */
final class TypeCounts extends AbstractMap<String, Long> {

    private final String[] types;
    private final long[] counts;

    private TypeCounts(String[] types, long[] counts) {
        this.types = types;
        this.counts = counts;
    }

    static TypeCounts of(String type, long count) {
        return new TypeCounts(new String[] {Objects.requireNonNull(type, "type")}, new long[] {count});
    }

    /** The same in its order; refuses nulls. */
    static TypeCounts copyOf(Map<String, Long> map) {
        if (map instanceof TypeCounts immutable) {
            return immutable;
        }
        var types = new String[map.size()];
        var counts = new long[map.size()];
        int i = 0;
        for (var entry : map.entrySet()) {
            types[i] = Objects.requireNonNull(entry.getKey(), "type");
            counts[i++] = Objects.requireNonNull(entry.getValue(), "count");
        }
        return new TypeCounts(types, counts);
    }

    /** The sums over all, which stop at {@link Long#MAX_VALUE}, in the order in which the types come first. */
    static TypeCounts sum(List<CleanupStats> all) {
        int longest = 0;
        for (var stats : all) {
            longest += stats.byType().size();
        }
        var types = new String[longest];
        var sums = new long[longest];
        int size = 0;
        for (var stats : all) {
            var added = copyOf(stats.byType());
            for (int i = 0; i < added.types.length; i++) {
                int at = indexOf(added.types[i], types, size, i);
                if (at == size) {
                    types[size++] = added.types[i];
                }
                sums[at] = CleanupStats.saturatedSum(sums[at], added.counts[i]);
            }
        }
        return size == longest
                ? new TypeCounts(types, sums)
                : new TypeCounts(Arrays.copyOf(types, size), Arrays.copyOf(sums, size));
    }

    private int indexOf(Object type) {
        return indexOf(type, types, types.length, 0);
    }

    /** Where a type is, or {@code size}; {@code likely} is looked at first. */
    private static int indexOf(Object type, String[] types, int size, int likely) {
        if (likely < size && types[likely].equals(type)) {
            return likely;
        }
        for (int i = 0; i < size; i++) {
            if (types[i].equals(type)) {
                return i;
            }
        }
        return size;
    }

    /** Whether none is negative. */
    boolean areValid() {
        for (long count : counts) {
            if (count < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int size() {
        return types.length;
    }

    @Override
    public boolean containsKey(Object key) {
        return indexOf(key) < types.length;
    }

    @Override
    public Long get(Object key) {
        int at = indexOf(key);
        return at == types.length ? null : (Long) counts[at];
    }

    @Override
    public Set<Entry<String, Long>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return types.length;
            }

            @Override
            public Iterator<Entry<String, Long>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < types.length;
                    }

                    @Override
                    public Entry<String, Long> next() {
                        if (!hasNext()) {
                            throw new NoSuchElementException();
                        }
                        return Map.entry(types[next], counts[next++]);
                    }
                };
            }
        };
    }
}
