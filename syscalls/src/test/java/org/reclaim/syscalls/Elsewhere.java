package org.reclaim.syscalls;

/** To be run with another {@code os.name}: loads every class of bindings, and calls one function of each. */
final class Elsewhere {

    private Elsewhere() {}

    private interface Call {
        void run() throws SystemCallException;
    }

    public static void main(String[] arguments) throws SystemCallException {
        System.out.println(SystemCalls.supported() + " " + Errno.message(Errno.ENOENT));
        for (Call call : new Call[] {ProcessCalls::isChildSubreaper, () -> DescriptorCalls.close(0)}) {
            try {
                call.run();
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
