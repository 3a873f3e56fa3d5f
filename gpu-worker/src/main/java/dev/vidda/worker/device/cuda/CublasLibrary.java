package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** NVIDIA's cuBLAS as it is installed on this machine, of any major version; none is shipped and none is needed. */
record CublasLibrary(String name, SymbolLookup symbols) {
    private static final String NAME = "libcublas.so";
    /** What cuBLAS needs beside it, and finds by itself unless both lie in a folder of their own. */
    private static final String NEEDED = "libcublasLt.so";

    private static final int NEWEST_MAJOR = 19;
    private static final int OLDEST_MAJOR = 11;
    /** Numbers of {@code libraryPropertyType}. */
    private static final int MAJOR = 0;

    private static final int MINOR = 1;
    private static final int PATCH = 2;

    /** Endings of its file's name, the newest first. */
    private static List<String> versions() {
        return Stream.concat(
                        IntStream.iterate(NEWEST_MAJOR, major -> major >= OLDEST_MAJOR, major -> major - 1)
                                .mapToObj(major -> "." + major),
                        Stream.of(""))
                .toList();
    }

    /**
     * What to try in turn.
     *
     * @param path a file, a folder, or nothing for the loader's path
     * @param folder whether {@code path} is a folder
     */
    static List<String> candidates(String path, boolean folder) {
        if (path.isEmpty()) {
            return versions().stream().map(version -> NAME + version).toList();
        }
        return folder
                ? versions().stream()
                        .map(version -> Path.of(path, NAME + version).toString())
                        .toList()
                : List.of(path);
    }

    /** The file of what a cuBLAS with a file of its own needs, beside it. */
    static Optional<Path> needed(String candidate) {
        Path file = Path.of(candidate);
        Path name = file.getFileName();
        return file.getParent() == null || name == null || !name.toString().startsWith(NAME)
                ? Optional.empty()
                : Optional.of(file.resolveSibling(NEEDED + name.toString().substring(NAME.length())));
    }

    /** The first that loads; it stays loaded as long as the process runs. */
    static Optional<CublasLibrary> find(String path) {
        return candidates(path, !path.isEmpty() && Files.isDirectory(Path.of(path))).stream()
                .flatMap(candidate -> load(candidate).stream())
                .findFirst();
    }

    private static Optional<CublasLibrary> load(String candidate) {
        needed(candidate).ifPresent(CublasLibrary::open);
        Optional<SymbolLookup> symbols = candidate.contains("/") ? open(Path.of(candidate)) : open(candidate);
        return symbols.map(found -> new CublasLibrary(candidate, found));
    }

    private static Optional<SymbolLookup> open(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(SymbolLookup.libraryLookup(file, Arena.global()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            // No library, or one of another machine.
            return Optional.empty();
        }
    }

    private static Optional<SymbolLookup> open(String name) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            // Not on the loader's path.
            return Optional.empty();
        }
    }

    /**
     * A function of it that returns its status.
     *
     * @throws DeviceException if it has none of that name
     */
    MethodHandle function(String function, MemoryLayout... arguments) {
        MemorySegment address =
                symbols.find(function).orElseThrow(() -> new DeviceException(name + " has no " + function));
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("a function of cuBLAS cannot be called", e);
        }
    }

    /** {@code cuBLAS 13.1.0}. */
    String description() {
        MethodHandle property = function("cublasGetProperty", ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            return IntStream.of(MAJOR, MINOR, PATCH)
                    .mapToObj(number -> {
                        call(property, number, value);
                        return Integer.toString(value.get(ValueLayout.JAVA_INT, 0));
                    })
                    .collect(Collectors.joining(".", "cuBLAS ", ""));
        }
    }
}
