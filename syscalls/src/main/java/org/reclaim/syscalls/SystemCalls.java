package org.reclaim.syscalls;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;
import java.util.Set;

/**
 * Links functions of the C library and calls them with {@code errno} captured. A binding is a constant and a method:
 *
 * <pre>{@code
 * private static final MethodHandle KILL = SystemCalls.link("kill", JAVA_INT, JAVA_INT, JAVA_INT);
 *
 * // kill(2)
 * public static void kill(int pid, int signal) throws SystemCallException {
 *     SystemCalls.invoke("kill", pid, errno -> (int) KILL.invokeExact(errno, pid, signal));
 * }
 * }</pre>
 *
 * <p>Linking never fails: a class with such constants can be loaded anywhere, and what is not there throws
 * {@link UnsupportedOperationException} when it is called.
 *
 * <p>Nothing is kept between calls, per thread or otherwise, so no class loader stays reachable through this class.
 * A call occupies its thread, and the carrier of a virtual thread, until it returns: bind what can wait only with a
 * way not to. Thread-safe.
 */
public final class SystemCalls {

    private static final boolean SUPPORTED = System.getProperty("os.name").equals("Linux")
            && Set.of("amd64", "x86_64", "aarch64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

    /** No error has a higher number, and no function returns what lies between this number below 0 and -2. */
    private static final int MAX_ERRNO = 4095;

    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET =
            CAPTURED.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private SystemCalls() {}

    /** A call of one linked function. */
    @FunctionalInterface
    public interface Invocation {

        /**
         * Calls it.
         *
         * @param errno the handle's first argument
         * @return what the function returned; an address for a function that returns a pointer
         * @throws Throwable as {@link MethodHandle#invokeExact} declares it; a linked function throws nothing checked
         */
        long invoke(MemorySegment errno) throws Throwable;
    }

    /**
     * Says whether the bindings of this package work here. Their numbers and layouts are those of Linux on x86_64 and
     * aarch64.
     *
     * @return false on any other system, where every call throws {@link UnsupportedOperationException}
     */
    public static boolean supported() {
        return SUPPORTED;
    }

    /**
     * Links a function with a fixed number of arguments.
     *
     * @param function   its name in the C library
     * @param result     what it returns
     * @param parameters what it takes
     * @return to be called with a segment for {@code errno} before the parameters, from within {@link #invoke}
     */
    public static MethodHandle link(String function, MemoryLayout result, MemoryLayout... parameters) {
        return link(function, FunctionDescriptor.of(result, parameters), Linker.Option.captureCallState("errno"));
    }

    /**
     * Links a variadic function for one list of arguments. Its optional arguments are passed in another way than fixed
     * ones on some processors.
     *
     * @param function   its name in the C library
     * @param fixed      how many of the parameters stand before the {@code ...} in its prototype
     * @param result     what it returns
     * @param parameters all that it takes in these calls
     * @return as for {@link #link(String, MemoryLayout, MemoryLayout...)}
     */
    public static MethodHandle linkVariadic(
            String function, int fixed, MemoryLayout result, MemoryLayout... parameters) {
        return link(
                function,
                FunctionDescriptor.of(result, parameters),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixed));
    }

    /**
     * Calls a function that reports failure by -1 and {@code errno}.
     *
     * @param call       its name, for the exception
     * @param subject    what it is called for, such as a path or a pid, for the exception
     * @param invocation the call
     * @return what it returned; not -1
     * @throws SystemCallException           if it returned -1. {@link Errno#EINTR} is reported as any other failure
     * @throws UnsupportedOperationException if the function is not there
     */
    public static long invoke(String call, Object subject, Invocation invocation) throws SystemCallException {
        long result = attempt(invocation);
        if (result < 0 && result >= -MAX_ERRNO) {
            throw new SystemCallException(call, subject, (int) -result);
        }
        return result;
    }

    /**
     * As {@link #invoke}, for a failure that is an answer: it costs no exception.
     *
     * @param invocation the call
     * @return what it returned, or minus {@code errno} if that was -1
     * @throws UnsupportedOperationException if the function is not there
     */
    public static long attempt(Invocation invocation) {
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(CAPTURED);
            long result = invocation.invoke(errno);
            return result == -1 ? -errno.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("A function of the C library threw what none can throw", t);
        }
    }

    @SuppressWarnings("restricted")   // the one place of the project that links native functions
    private static MethodHandle link(String function, FunctionDescriptor descriptor, Linker.Option... options) {
        if (SUPPORTED) {
            var linker = Linker.nativeLinker();
            var address = linker.defaultLookup().find(function);
            if (address.isPresent()) {
                return linker.downcallHandle(address.get(), descriptor, options);
            }
        }
        return refusal(function, descriptor.toMethodType().insertParameterTypes(0, MemorySegment.class));
    }

    /** A handle of the same type that throws a new exception at each call. */
    private static MethodHandle refusal(String function, MethodType type) {
        try {
            var exception = MethodHandles.publicLookup()
                    .findConstructor(
                            UnsupportedOperationException.class, MethodType.methodType(void.class, String.class))
                    .bindTo(function + " is not there: " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch") + "; needed is Linux on x86_64 or aarch64");
            var raise = MethodHandles.throwException(type.returnType(), UnsupportedOperationException.class);
            return MethodHandles.dropArguments(
                    MethodHandles.collectArguments(raise, 0, exception), 0, type.parameterList());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("UnsupportedOperationException has lost its public constructor", e);
        }
    }
}
