package org.reclaim.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Lets so many processes run at a time as there are places; the others wait, in the state {@link ProcessState#READY},
 * and start by themselves. Only processes of the kinds {@link ProcessKind#TASK} and {@link ProcessKind#COMMAND} need a
 * place. Each keeps its place until what it runs has stopped, or its grace time is over; the rest of its end is nobody
 * else's business.
 *
 * <p>Nothing that runs is ever interrupted for the sake of what waits. So a process that waits for a child that needs a
 * place itself keeps that place from it: with too few places, for ever.
 *
 * <p>How many places there are and who gets the next one are settings of the platform. What is set here counts until a
 * configuration is changed, which sets them again. Thread-safe.
 */
@ProviderType
public interface ProcessScheduler {

    /** As number of places: all that start run at once. */
    int NO_LIMIT = 0;

    /**
     * How many processes may run at a time.
     *
     * @return from 1, or {@link #NO_LIMIT}
     */
    int places();

    /**
     * Sets how many processes may run at a time. If there are more places than before, what waits is started now; if
     * fewer, what runs goes on.
     *
     * @param places from 1 to a million, or {@link #NO_LIMIT}
     * @throws IllegalArgumentException if it is none of these
     */
    void setPlaces(int places);

    /**
     * Who gets the next place.
     *
     * @return the policy
     */
    SchedulingPolicy policy();

    /**
     * Changes who gets the next place. What waits goes on waiting, in its new order.
     *
     * @param policy the new policy
     */
    void setPolicy(SchedulingPolicy policy);

    /**
     * How many processes have a place.
     *
     * @return from 0; more than {@link #places} while there are fewer places than there were
     */
    int running();

    /**
     * What waits, in the order in which it will start, if nothing changes meanwhile. With
     * {@link SchedulingPolicy#FAIR} the order depends on whose places become free: it is the one that comes if those
     * that started first end first.
     *
     * @return the next one first
     */
    List<WaitingProcess> queue();

    /**
     * Gives a waiting process another priority. What it has waited so far counts as before.
     *
     * @param pid      a process that waits
     * @param priority from 0 to {@link ProcessSpec#MAX_PRIORITY}
     * @throws NoSuchProcessException   if {@code pid} was never started
     * @throws IllegalArgumentException if the priority is out of range
     * @throws IllegalStateException    if the process does not wait: it runs, has ended, or needs no place
     */
    void setPriority(long pid, int priority);

    /**
     * Moves a waiting process to another group.
     *
     * @param pid   a process that waits
     * @param group a name, as for {@link ProcessSpec#withGroup}
     * @throws NoSuchProcessException   if {@code pid} was never started
     * @throws IllegalArgumentException if the name is no name of a group
     * @throws IllegalStateException    if the process does not wait: it runs, has ended, or needs no place
     */
    void setGroup(long pid, String group);
}
