package org.reclaim.orchestrator;

/**
 * What happens to processes that a command leaves behind and that are no longer below it, because their parents ended
 * first: daemons, and what was put into the background. What is still below a command when it is ended is always
 * killed with it.
 *
 * <p>An orphan goes to the nearest ancestor that adopts orphans, its <em>child subreaper</em> (prctl(2)), else to the
 * system's first process. Nothing about it tells afterwards which command it came from. Only on Linux can a JVM adopt;
 * elsewhere every policy is {@link #IGNORE}.
 */
public enum OrphanPolicy {
    /** The JVM does not adopt. Orphans go to the system, and are nobody's. */
    IGNORE,
    /**
     * The JVM adopts the orphans of all its commands. As it can't tell whose they are, they are reported as suspects of
     * each command that ends, and left alone. For platforms that run several commands.
     */
    REPORT,
    /**
     * The JVM adopts, and runs one command at a time; a second one is refused. So every orphan that it adopts is that
     * command's, and is killed with it. Nothing else in the JVM may start processes meanwhile: they would be killed,
     * too. For launchers of one command.
     */
    KILL
}
