package org.reclaim.api.signal;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;

/**
 * Handles, blocks, ignores and sends signals on behalf of processes. Thread-safe.
 *
 * <pre>{@code
 * signals.handle(pid, PosixSignal.HUP, SignalScope.JVM, signal -> readConfigurationAgain());
 * signals.send(other, PosixSignal.USR1);
 * }</pre>
 *
 * <p>Every method that takes a pid throws {@link NoSuchProcessException} for one that was never started and
 * {@link ProcessEndedException} for a process that is ending or has ended; in both cases, as with every other
 * exception, nothing was acquired and nothing sent.
 */
@ProviderType
public interface SignalManager {

    /**
     * Has a handler called for a signal, until the handle is closed or the process ends. It is put in front of those
     * that the process has for the same signal; when it goes, they are back. Closing waits for nobody: a call that runs
     * goes on, another one does not begin. What was pending for this handler alone, and is not blocked, is dropped.
     * While the bundle of this type is away, a handler whose handle is closed is called until the bundle is back.
     *
     * <p>In the {@linkplain SignalScope#JVM wider scope} the JVM's own disposition of the signal is replaced, unless
     * another process has done so before, and put back after the last such handler of all processes; {@code SigCgt} of
     * {@code /proc/self/status} tells. It is not put back if somebody else has put another one in the place of ours
     * meanwhile: that one stays.
     *
     * @param pid     the owner, from 1; no command: what that does with signals is its own affair
     * @param signal  can't be {@link PosixSignal#KILL} or {@link PosixSignal#STOP}
     * @param scope   whether real signals are meant, too
     * @param handler what to call
     * @return the registration
     * @throws IllegalArgumentException      if the signal can't be handled, or in this scope not, because the JVM needs
     *                                       it or was told to leave it alone, or the process is a command; the message
     *                                       has the reason
     * @throws UnsupportedOperationException if this JVM has no way to handle real signals (package {@code sun.misc})
     */
    ResourceHandle<SignalRegistration> handle(long pid, PosixSignal signal, SignalScope scope, SignalHandler handler);

    /**
     * Has a process ignore a signal, until the handle is closed or the process ends. This is put in front of the
     * handlers that it has, as another handler would be. For a real signal it means that this process is not called for
     * it; to the JVM it changes nothing.
     *
     * @param pid    the owner, from 1; no command
     * @param signal can't be {@link PosixSignal#KILL} or {@link PosixSignal#STOP}
     * @return the registration
     * @throws IllegalArgumentException if the signal can't be ignored, or the process is a command
     */
    ResourceHandle<SignalRegistration> ignore(long pid, PosixSignal signal);

    /**
     * Has a process take the {@linkplain PosixSignal#defaultAction default action} of a signal, until the handle is
     * closed or the process ends. This is put in front of the handlers that it has, as another handler would be; who
     * has none needs it not. For a real signal it means, as {@link #ignore} does, that this process is not called for
     * it.
     *
     * @param pid    the owner, from 1; no command
     * @param signal can't be {@link PosixSignal#KILL} or {@link PosixSignal#STOP}, which have no handlers
     * @return the registration
     * @throws IllegalArgumentException if the signal can't be handled, or the process is a command
     */
    ResourceHandle<SignalRegistration> useDefault(long pid, PosixSignal signal);

    /**
     * The mask and the pending signals of a process. Made when first needed; like those of an operating-system process
     * they are there once, until the process ends, so there is nothing to close.
     *
     * @param pid the owner, from 1; no command
     * @return the same object for every call
     * @throws IllegalArgumentException if the process is a command
     */
    ProcessSignals signals(long pid);

    /**
     * Sends a signal to a process. The sender is {@link org.reclaim.api.CurrentProcess}, if any.
     *
     * <p>A command gets it from the kernel, any signal: pidfd_send_signal(2). What runs in the JVM blocks, handles or
     * ignores it, or its default action is taken: it is ended, as by
     * {@link org.reclaim.api.ProcessManager#terminate}, on another thread, or nothing happens. In no case is the
     * effect waited for.
     *
     * @param pid    whom, from 1
     * @param signal what; there is no signal 0, ask {@link org.reclaim.api.ProcessManager#process}
     * @throws SignalQueueFullException      if the process has too many pending signals
     * @throws UnsupportedOperationException if the signal would stop what runs in the JVM, or if this system has no
     *                                       descriptors of processes
     * @throws IllegalStateException         if the command was not started yet
     * @throws IOException                   if the kernel refuses; the message has the reason
     */
    void send(long pid, PosixSignal signal) throws IOException;

    /**
     * Sends a signal to all processes that have not ended, except the sender.
     *
     * @param signal what
     * @return who got it, and who did not, and why; those that ended meanwhile are in neither
     */
    Broadcast sendToAll(PosixSignal signal);
}
