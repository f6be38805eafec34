package org.reclaim.api.ring;

/** What an entry of a submission queue asks for: {@code enum io_uring_op}. */
final class Opcodes {

    static final int NOP = 0;
    static final int FSYNC = 3;
    static final int POLL_ADD = 6;
    static final int TIMEOUT = 11;
    static final int ACCEPT = 13;
    static final int ASYNC_CANCEL = 14;
    static final int CONNECT = 16;
    static final int READ = 22;
    static final int WRITE = 23;
    static final int SEND = 26;
    static final int RECV = 27;

    private Opcodes() {}

    /** The first word of an entry, for a descriptor or -1. */
    static long word(int opcode, int descriptor) {
        return (long) descriptor << Integer.SIZE | opcode;
    }

    /** As people call it. */
    static String name(int opcode) {
        return switch (opcode) {
            case NOP -> "nop";
            case FSYNC -> "fsync";
            case POLL_ADD -> "poll";
            case TIMEOUT -> "timeout";
            case ACCEPT -> "accept";
            case CONNECT -> "connect";
            case READ -> "read";
            case WRITE -> "write";
            case SEND -> "send";
            case RECV -> "receive";
            default -> "operation " + opcode;
        };
    }
}
