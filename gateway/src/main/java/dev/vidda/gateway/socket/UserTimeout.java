package dev.vidda.gateway.socket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long Linux keeps a connection whose peer acknowledges nothing of what was sent to it, as when its machine or the network
 * vanished: {@code TCP_USER_TIMEOUT} of tcp(7), for which Java has no socket option. Without it that takes about 15 minutes
 * of retransmissions. A connection inherits it from the listening socket.
 */
final class UserTimeout {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    /** Where the constants below hold. */
    private static final List<String> ARCHITECTURES = List.of("amd64", "aarch64");

    private static final int SOL_SOCKET = 1;
    private static final int SO_ACCEPTCONN = 30;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_USER_TIMEOUT = 18;
    /** Of the port, in the addresses of both IPv4 and IPv6. */
    private static final int PORT_OFFSET = 2;

    private static final int ADDRESS_BYTES = 128;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final MethodHandle getName = function("getsockname", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle getOption = function(
            "getsockopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private final MethodHandle setOption = function(
            "setsockopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

    /** Whether this system has it. */
    static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux")
                && ARCHITECTURES.contains(System.getProperty("os.arch"))
                && Files.isDirectory(DESCRIPTORS);
    }

    /**
     * Sets it for all connections at a port of this process: those that are open, and those that will be accepted.
     *
     * @throws IOException if nobody listens there, or the system refuses it
     */
    void set(int port, Duration timeout) throws IOException {
        boolean found = false;
        for (int socket : sockets(port)) {
            if (option(socket, SOL_SOCKET, SO_ACCEPTCONN) == 1) {
                if (!setOn(socket, timeout)) {
                    throw new IOException(
                            "the system does not take a timeout of " + timeout + " for unacknowledged data");
                }
                found = true;
            }
        }
        if (!found) {
            throw new IOException("no socket of this process listens at port " + port);
        }
        // Connections inherit it from here on. Those that came before have it now, or are closed already.
        for (int socket : sockets(port)) {
            setOn(socket, timeout);
        }
    }

    /** Those of all sockets of this process with that port, listening ones and connections. */
    List<Duration> get(int port) throws IOException {
        List<Duration> timeouts = new ArrayList<>();
        for (int socket : sockets(port)) {
            timeouts.add(Duration.ofMillis(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT)));
        }
        return timeouts;
    }

    /** Java tells nobody the descriptor of a channel, so they are found by their port. */
    private List<Integer> sockets(int port) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path each : all) {
                if (isSocket(each) && port == port(number(each)) && isTcp(number(each))) {
                    found.add(number(each));
                }
            }
        }
        return found;
    }

    private static boolean isSocket(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException e) {
            // Closed meanwhile.
            return false;
        }
    }

    private boolean isTcp(int socket) {
        return option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT) >= 0;
    }

    private static int number(Path descriptor) {
        return Integer.parseInt(descriptor.getFileName().toString());
    }

    /** The socket's own port, or whatever stands there in an address of another family; -1 if it has no address. */
    private int port(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, ADDRESS_BYTES);
            int result = (int) getName.invokeExact(socket, address, length);
            return result < 0 ? -1 : Short.toUnsignedInt(address.get(PORT, PORT_OFFSET));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private int option(int socket, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            int result = (int) getOption.invokeExact(socket, level, name, value, length);
            return result < 0 ? -1 : value.get(ValueLayout.JAVA_INT, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private boolean setOn(int socket, Duration timeout) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value =
                    arena.allocateFrom(ValueLayout.JAVA_INT, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
            int result = (int) setOption.invokeExact(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, value, Integer.BYTES);
            return result == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What a call of C throws is a bug of its caller. */
    private static IllegalStateException unexpected(Throwable failure) {
        return new IllegalStateException("a system call could not be made", failure);
    }

    private static MethodHandle function(String name, MemoryLayout... furtherArguments) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
                .appendArgumentLayouts(furtherArguments);
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
    }
}
