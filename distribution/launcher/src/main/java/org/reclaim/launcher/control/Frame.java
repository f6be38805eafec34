package org.reclaim.launcher.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One frame.
 *
 * @param type    what it is
 * @param payload its bytes, not copied
 */
public record Frame(FrameType type, byte[] payload) {

    /** The last frame of a platform. */
    public static Frame end(int status) {
        return new Frame(FrameType.END, ByteBuffer.allocate(Integer.BYTES).putInt(status).array());
    }

    /** The payload as text. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /**
     * The payload of {@link FrameType#END}.
     *
     * @throws ProtocolException if it is no number
     */
    public int status() throws ProtocolException {
        if (payload.length != Integer.BYTES) {
            throw new ProtocolException("an exit status of " + payload.length + " bytes");
        }
        return ByteBuffer.wrap(payload).getInt();
    }
}
