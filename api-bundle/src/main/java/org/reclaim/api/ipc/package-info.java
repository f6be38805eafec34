/**
 * Communication between processes, type {@code ipc}: message queues and topics within the JVM, pipes of the kernel, and
 * POSIX shared memory, which programs of any language can open. Sizes are in bytes; everything is thread-safe.
 *
 * <p>Queues, topics and shared memory have a name and an owner, the process that created them. A name stands for one
 * object of whichever kind, as long as its owner holds that; other processes get at it by the name. What they get is
 * held by themselves and freed at their own end. When the owner closes its handle or ends, the name is free again, and:
 * <ul>
 *   <li>queues and topics are gone for everybody, with the messages in them. Who waits is woken by an
 *       {@link org.reclaim.api.ipc.IpcClosedException}, already when the end of the owner begins.
 *   <li>shared memory stays as it is for those who are attached, until they detach or end. Nobody can attach any more.
 *   <li>of a pipe, which has no name, the other end is told by the kernel: end of stream, or broken pipe.
 * </ul>
 *
 * <p>All that is done by the bundle of this type. While it is away, closed handles and ended processes wait for it:
 * names stay taken, and who waits in a queue, a subscription or a pipe goes on waiting until the bundle is back, unless
 * its thread is interrupted. Sending and receiving goes on.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.ipc;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
