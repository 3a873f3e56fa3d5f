import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A release that does not exist yet, made of this build: its jars with another version, and the protocol compiled anew with a
 * higher wire version and a field more in every record that crosses nodes.
 */
final class NextRelease {
    private static final Path SOURCES = Path.of("protocol/src/main/java");
    private static final Pattern CURRENT = Pattern.compile("CURRENT = new WireVersion\\(\\d+, \\d+\\)");
    /** The head of a record, up to the brace of its body. */
    private static final Pattern RECORD =
            Pattern.compile("\\brecord\\s+\\w+\\s*\\((?:[^()]|\\([^()]*\\))*\\)[^{;]*\\{");
    private static final String FIELD = "addedByTheNextRelease";
    private static final String GETTER =
            " @com.fasterxml.jackson.annotation.JsonProperty(\"" + FIELD + "\") public String " + FIELD
                    + "() { return \"and older ones leave it out\"; }";

    private NextRelease() {}

    /**
     * Writes the release's jars into {@code folder}.
     *
     * @param lib the folder of this build's jars
     * @param version what it is called
     * @param wire the arguments of its {@code WireVersion.CURRENT}
     * @return its class path
     */
    static String make(Path lib, Path folder, String version, String wire) throws Exception {
        List<Path> jars = jars(lib);
        Path classes = compile(jars, Files.createDirectories(folder.resolve("work")), wire);
        List<Path> classPath = new ArrayList<>();
        for (Path jar : jars) {
            classPath.add(isOurs(jar) ? repack(jar, folder.resolve(jar.getFileName()), version, classes) : jar);
        }
        requireField(classPath);
        return classPath.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private static List<Path> jars(Path lib) throws IOException {
        try (Stream<Path> files = Files.list(lib)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    private static boolean isOurs(Path jar) {
        return jar.getFileName().toString().contains("vidda-");
    }

    private static Path compile(List<Path> jars, Path work, String wire) throws IOException {
        Path classes = Files.createDirectories(work.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of("-nowarn", "-parameters", "-proc:none", "--release", "25"));
        arguments.addAll(List.of("-d", classes.toString(), "-cp"));
        arguments.add(jars.stream().filter(jar -> !isOurs(jar)).map(Path::toString).collect(Collectors.joining(":")));
        try (Stream<Path> sources = Files.walk(SOURCES)) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                String text = CURRENT.matcher(Files.readString(source))
                        .replaceAll("CURRENT = new WireVersion(" + wire + ")");
                Path patched = work.resolve(SOURCES.relativize(source).toString());
                Files.createDirectories(patched.getParent());
                Files.writeString(patched, RECORD.matcher(text).replaceAll(found -> found.group() + GETTER));
                arguments.add(patched.toString());
            }
        }
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (status != 0) {
            throw new IllegalStateException("the protocol of the next release does not compile");
        }
        return classes;
    }

    private static Path repack(Path jar, Path to, String version, Path classes) throws IOException {
        try (JarFile from = new JarFile(jar.toFile())) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
                for (JarEntry entry : from.stream().toList()) {
                    if (!entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        out.putNextEntry(new JarEntry(entry.getName()));
                        copy(from, entry, classes.resolve(entry.getName()), version, out);
                    }
                }
            }
        }
        return to;
    }

    private static void copy(JarFile from, JarEntry entry, Path patched, String version, OutputStream out)
            throws IOException {
        if (entry.getName().endsWith("/version.properties")) {
            out.write(("version=" + version + "\n").getBytes());
        } else if (Files.exists(patched)) {
            Files.copy(patched, out);
        } else {
            try (InputStream in = from.getInputStream(entry)) {
                in.transferTo(out);
            }
        }
    }

    /** That its frames really have the new field when Jackson writes them. */
    private static void requireField(List<Path> classPath) throws Exception {
        URL[] urls = classPath.stream().map(NextRelease::url).toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Object frame = loader.loadClass("dev.vidda.protocol.TokenFrame")
                    .getConstructor(String.class, long.class, List.class)
                    .newInstance("w", 1, List.of());
            Class<?> mapper = loader.loadClass("com.fasterxml.jackson.databind.ObjectMapper");
            Object text = mapper.getMethod("writeValueAsString", Object.class)
                    .invoke(mapper.getConstructor().newInstance(), frame);
            if (!text.toString().contains(FIELD)) {
                throw new IllegalStateException("no " + FIELD + " in " + text);
            }
            System.out.println("a frame of the next release: " + text);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
