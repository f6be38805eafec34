package org.reclaim.benchmarks;

/** What the start of a JVM alone costs. */
final class Empty {

    private Empty() {}

    /**
     * Nothing.
     *
     * @param args nothing
     */
    public static void main(String[] args) {}
}
