import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One node of the cluster, in a process of its own. */
final class Member implements AutoCloseable {
    /** Seven processes on few processors stand still for seconds by themselves: that must not end a stream. */
    private static final List<String> PATIENCE = List.of(
            "-Dvidda.gateway.admission-timeout=60s",
            "-Dvidda.gateway.continuation.worker-wait=60s",
            "-Dvidda.gateway.continuation.give-up-after=60s");

    final String name;
    final String role;
    final Network.Place place;
    private final Path log;
    private Optional<Process> process = Optional.empty();

    Member(String name, String role, Network.Place place, Path logs) {
        this.name = name;
        this.role = role;
        this.place = place;
        this.log = logs.resolve(name + ".log");
    }

    /** Where other nodes reach it. */
    String address() {
        return place.address();
    }

    /** Where clients reach it. */
    URI url(String path) {
        return URI.create("http://" + place.httpHost() + ":" + place.httpPort() + path);
    }

    void start(List<String> seeds) throws IOException {
        start(seeds, System.getenv("VIDDA_CLASS_PATH"), List.of());
    }

    /** Starts the build in {@code classPath} with more options for its JVM. */
    void start(List<String> seeds, String classPath, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(place.command());
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dvidda.home=.",
                "-Dakka.remote.artery.advanced.tcp.outbound-client-hostname=" + place.host(),
                "-Dvidda.node.cluster.bind=" + place.host() + ":" + place.port(),
                "-Dvidda.node.model.kv-memory=192MiB"));
        command.addAll(PATIENCE);
        if (role.equals("gateway")) {
            command.addAll(List.of("-Dvidda.node.models.demo=models/demo", "-Dvidda.node.models.second=models/demo"));
        }
        if (!role.contains("worker")) {
            // Short-lived: what the second compiler would gain comes too late.
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, "dev.vidda.node.Main", "serve"));
        command.addAll(List.of("--verbose", "--roles", role, "--cluster", address(), "--seed", String.join(",", seeds)));
        if (!place.httpHost().startsWith("127.")) {
            command.addAll(List.of("--host", place.httpHost(), "--insecure"));
        }
        command.addAll(List.of("--port", Integer.toString(place.httpPort()), "--device", "cpu", "--threads", "1"));
        process = Optional.of(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    /** Whether it ended though nobody killed it. */
    boolean hasEnded() {
        return process.filter(running -> !running.isAlive()).isPresent();
    }

    boolean isAlive() {
        return process.filter(Process::isAlive).isPresent();
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
        process.orElseThrow().destroyForcibly().waitFor();
        process = Optional.empty();
    }

    /** As {@code kill -STOP}: it stands still, and no connection ends. */
    void freeze() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-STOP", Long.toString(pid())).start().waitFor();
    }

    /** As {@code renice}: others get somewhat more of the processor. */
    void standBack() throws IOException, InterruptedException {
        String pid = Long.toString(pid());
        new ProcessBuilder("renice", "-n", "3", "-p", pid)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** As {@code kill}; returns the exit status. */
    int terminate(long seconds) throws InterruptedException {
        process.orElseThrow().destroy();
        return awaitExit(seconds);
    }

    /** The exit status, or -1 if it does not end. */
    int awaitExit(long seconds) throws InterruptedException {
        Process running = process.orElseThrow();
        return running.waitFor(seconds, TimeUnit.SECONDS) ? running.exitValue() : -1;
    }

    long pid() {
        return process.orElseThrow().pid();
    }

    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() {
        process.ifPresent(Process::destroyForcibly);
    }
}
