import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One node of the cluster, in a process of its own. */
final class Member implements AutoCloseable {
    final String name;
    final String role;
    /** The node's own loopback address. */
    final String host;

    final int port;
    final int httpPort;
    private final Path log;
    private final Relay relay;
    private Optional<Process> process = Optional.empty();

    Member(String name, String role, String host, Path logs) throws IOException {
        this.name = name;
        this.role = role;
        this.host = host;
        this.log = logs.resolve(name + ".log");
        port = ClusterTrial.freePort(host);
        httpPort = ClusterTrial.freePort("127.0.0.1");
        relay = new Relay(host, port);
    }

    /** Where other nodes reach it. */
    String address() {
        return host + ":" + relay.port();
    }

    Relay relay() {
        return relay;
    }

    void start(List<String> seeds) throws IOException {
        start(seeds, System.getenv("VIDDA_CLASS_PATH"), List.of());
    }

    /** Starts the build in {@code classPath} with more options for its JVM. */
    void start(List<String> seeds, String classPath, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dvidda.home=.",
                "-Dakka.remote.artery.advanced.tcp.outbound-client-hostname=" + host,
                "-Dvidda.node.cluster.bind=" + host + ":" + port,
                "-Dvidda.node.model.kv-memory=192MiB"));
        if (role.equals("gateway")) {
            command.addAll(List.of("-Dvidda.node.models.demo=models/demo", "-Dvidda.node.models.second=models/demo"));
        }
        if (!role.equals("worker")) {
            // Short-lived: what the second compiler would gain comes too late.
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, "dev.vidda.node.Main", "serve"));
        command.addAll(List.of("--verbose", "--roles", role, "--cluster", address(), "--seed", String.join(",", seeds)));
        command.addAll(List.of("--port", Integer.toString(httpPort), "--device", "cpu", "--threads", "1"));
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
        new ProcessBuilder("kill", "-STOP", Long.toString(process.orElseThrow().pid())).start().waitFor();
    }

    /** As {@code renice}: others get somewhat more of the processor. */
    void standBack() throws IOException, InterruptedException {
        String pid = Long.toString(process.orElseThrow().pid());
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

    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    static void closeAll(Collection<Member> members) {
        for (Member member : members) {
            try {
                member.close();
            } catch (IOException e) {
                System.err.println(member.name + ": " + e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        process.ifPresent(Process::destroyForcibly);
        relay.close();
    }
}
