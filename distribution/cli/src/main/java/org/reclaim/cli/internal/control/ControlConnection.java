package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.reclaim.cli.internal.ExitStatus;
import org.reclaim.launcher.control.Frame;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;
import org.reclaim.launcher.control.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversation with one client. Its thread reads what the client sends, from the greeting to the end, and so knows
 * when the client has gone.
 */
final class ControlConnection implements Runnable {

    /** How long a client may take to say what it wants. */
    static final long REQUEST_MILLIS = 5_000;
    /** How much longer than its client a command may live before it is interrupted: what prints ends by itself. */
    private static final long PRINTING_MILLIS = 200;
    private static final long CANCEL_SECONDS = 5;
    private static final long CLOSE_SECONDS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);

    private final FrameChannel channel;
    private final PlatformWork platform;
    private final Semaphore places;
    private final ScheduledExecutorService timer;
    private final Outbox outbox;
    private final DrawnInput input;
    private final List<String> lines = new ArrayList<>();
    private final CountDownLatch workDone = new CountDownLatch(1);
    private volatile ClientWork work;

    /**
     * Makes it; {@link #run} has the conversation.
     *
     * @param channel  connected, in blocking mode; the conversation closes it
     * @param places   how many may have work at once
     * @param timer    ends clients that do not say what they want
     */
    ControlConnection(
            ByteChannel channel, PlatformWork platform, Semaphore places, ScheduledExecutorService timer) {
        this.channel = new FrameChannel(channel);
        this.platform = platform;
        this.places = places;
        this.timer = timer;
        this.outbox = new Outbox(this.channel);
        this.input = new DrawnInput(outbox);
    }

    @Override
    public void run() {
        try {
            var late = timer.schedule(this::closeChannel, REQUEST_MILLIS, TimeUnit.MILLISECONDS);
            channel.greetClient(ProcessHandle.current().pid());
            var request = readRequest();
            late.cancel(false);
            if (request.isPresent()) {
                answer(request.get());
                listen();
            }
        } catch (IOException | UncheckedIOException | RejectedExecutionException e) {
            // Somebody who is no client, one that went or was too slow, all was said and the connection is closed, or
            // the server is.
            LOG.debug("A conversation ended: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable t) {   // out of memory or threads, for example
            LOG.warn("A conversation failed", t);
        } finally {
            end();
        }
    }

    /** Collects the commands that come before the request itself; empty if the client goes without one. */
    private Optional<Frame> readRequest() throws IOException {
        int bytes = 0;
        var frame = channel.read();
        while (frame.isPresent() && frame.get().type() == FrameType.COMMAND) {
            bytes += frame.get().payload().length;
            if (bytes > FrameChannel.MAX_REQUEST || lines.size() == FrameChannel.MAX_COMMANDS) {
                throw new ProtocolException("too many commands");
            }
            lines.add(frame.get().text());
            frame = channel.read();
        }
        return frame;
    }

    private void answer(Frame request) throws IOException, InterruptedException {
        Thread.ofPlatform().name("reclaim-control-out").start(outbox);
        switch (request.type()) {
            case RUN -> begin(() -> platform.commands(lines, streams()));
            case ATTACH -> {
                var terminal = ClientTerminal.parse(request.text());
                begin(() -> platform.console(terminal, streams()));
            }
            case STATUS -> {
                outbox.stream(FrameType.OUTPUT).write(platform.status().getBytes(StandardCharsets.UTF_8));
                outbox.finish(ExitStatus.OK);
            }
            case STOP -> {
                var deadline = Long.toString(platform.stopMillis()).getBytes(StandardCharsets.US_ASCII);
                outbox.put(FrameType.DEADLINE, deadline, 0, deadline.length);
                outbox.finish(ExitStatus.OK);
                // What is stopped closes this connection.
                outbox.awaitSent(CLOSE_SECONDS);
                platform.stop();
            }
            default -> throw new ProtocolException(request.type() + " is no request");
        }
    }

    private ClientStreams streams() {
        return new ClientStreams(input, outbox.stream(FrameType.OUTPUT), outbox.stream(FrameType.ERRORS));
    }

    private void begin(Supplier<ClientWork> asked) {
        if (!places.tryAcquire()) {
            refuse("the platform has as many clients as it takes; try again when one has gone");
            return;
        }
        boolean begun = false;
        try {
            work = asked.get();
            Thread.ofPlatform().name("reclaim-control-work").start(() -> carryOut(work));
            begun = true;
        } catch (Throwable t) {   // an Error, too: a bundle that is half gone, or no more threads
            LOG.warn("The work for a client could not begin", t);
            // Of an Error the message alone may be a mere name.
            refuse(t instanceof Error || t.getMessage() == null ? t.toString() : t.getMessage());
        } finally {
            if (!begun) {
                places.release();
                workDone.countDown();
            }
        }
    }

    private void refuse(String why) {
        streams().terminal().complain(why);
        outbox.finish(ExitStatus.FAILED);
    }

    private void carryOut(ClientWork asked) {
        int status = ExitStatus.FAILED;
        try {
            status = asked.run();
        } catch (UncheckedIOException e) {
            LOG.debug("The work for a client ended with it", e);
        } catch (Throwable t) {   // an Error of a command, too
            LOG.warn("The work for a client failed", t);
        } finally {
            outbox.finish(status);
            places.release();
            workDone.countDown();
        }
    }

    /** Until the client goes, or the work is done and the connection closed. */
    private void listen() throws IOException {
        for (var frame = channel.read(); frame.isPresent(); frame = channel.read()) {
            var type = frame.get().type();
            if (type == FrameType.INPUT) {
                input.supply(frame.get().payload());
            } else if (type == FrameType.WINDOW && work != null) {
                work.resize(WindowSize.parse(frame.get().text()));
            } else {
                throw new ProtocolException(type + " in the middle of a conversation");
            }
        }
    }

    /** First what is printed fails, then what still runs is interrupted. */
    private void end() {
        outbox.abandon();
        input.end();
        closeChannel();
        if (work == null) {
            return;
        }
        try {
            if (!workDone.await(PRINTING_MILLIS, TimeUnit.MILLISECONDS)) {
                work.cancel();
                if (!workDone.await(CANCEL_SECONDS, TimeUnit.SECONDS)) {
                    LOG.warn("A client has gone, but what it began does not end: {}", lines);
                }
            }
        } catch (InterruptedException e) {
            work.cancel();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the conversation, after the answer if there is one already; {@link #run} returns soon after this. */
    void close() throws InterruptedException {
        if (workDone.getCount() == 0) {
            outbox.awaitSent(CLOSE_SECONDS);
        }
        closeChannel();
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("A connection could not be closed", e);
        }
    }
}
