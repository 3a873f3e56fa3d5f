package dev.vidda.node.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Nodes as processes with addresses of their own on the loopback network, and a Kubernetes API beside them. */
final class BootstrapTest {
    private static final int PATIENCE_SECONDS = 300;

    @TempDir
    private Path folder;

    @Test
    void nodesFindEachOtherThroughTheApiAndGoOnWhenOneIsKilled() throws Exception {
        int management = freePort();
        int artery = freePort();
        try (FakeKubernetes kubernetes = new FakeKubernetes(folder, "app.kubernetes.io/name=vidda", management);
                Node first = new Node("127.0.0.2", artery, management, kubernetes);
                Node second = new Node("127.0.0.3", artery, management, kubernetes);
                Node third = new Node("127.0.0.4", artery, management, kubernetes)) {
            kubernetes.pods("127.0.0.2", "127.0.0.3", "127.0.0.4");
            for (Node node : List.of(first, second, third)) {
                node.awaitMembers(3);
            }

            first.kill();
            second.awaitMembers(2);
            third.awaitMembers(2);
            assertThat(kubernetes.leases())
                    .as("leases used to decide who goes on")
                    .isEqualTo(1);

            // Another pod takes the place of the lost one, at another address.
            kubernetes.pods("127.0.0.3", "127.0.0.4", "127.0.0.5");
            try (Node fourth = new Node("127.0.0.5", artery, management, kubernetes)) {
                for (Node node : List.of(second, third, fourth)) {
                    node.awaitMembers(3);
                }
                assertThat(fourth.status("/livez")).isEqualTo(200);
                assertThat(fourth.status("/readyz"))
                        .as("a member, but nobody said that it has started")
                        .isEqualTo(503);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            return socket.getLocalPort();
        }
    }

    private static final class Node implements AutoCloseable {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<String> seen = new ArrayList<>();
        private final Process process;
        private final String host;
        private final int management;

        Node(String host, int artery, int management, FakeKubernetes kubernetes) throws IOException {
            this.host = host;
            this.management = management;
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx192m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ClusterProcess.class.getName(),
                    host,
                    String.valueOf(artery),
                    String.valueOf(management)));
            command.addAll(List.of("vidda.node.bootstrap.lease", "true"));
            command.addAll(
                    List.of("akka.cluster.downing-provider-class", "akka.cluster.sbr.SplitBrainResolverProvider"));
            command.addAll(List.of("akka.cluster.split-brain-resolver.stable-after", "3s"));
            // A machine that builds other things meanwhile may be slow to answer.
            command.addAll(List.of("akka.management.cluster.bootstrap.contact-point.probing-failure-timeout", "30s"));
            command.addAll(List.of("akka.management.cluster.bootstrap.contact-point-discovery.resolve-timeout", "30s"));
            command.addAll(List.of("akka.cluster.failure-detector.acceptable-heartbeat-pause", "10s"));
            kubernetes.configuration().forEach((key, value) -> {
                command.add(key);
                command.add(value.toString());
            });
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
            builder.environment().put("KUBERNETES_SERVICE_PORT", String.valueOf(kubernetes.port()));
            process = builder.start();
            Thread.ofVirtual().start(this::read);
        }

        void awaitMembers(int count) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (true) {
                String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertThat(line)
                        .as("%s: no 'members %d' among %s", host, count, seen)
                        .isNotNull();
                seen.add(line);
                if (line.equals("members " + count)) {
                    return;
                }
            }
        }

        int status(String path) throws Exception {
            try (HttpClient client = HttpClient.newHttpClient()) {
                URI uri = URI.create("http://" + host + ":" + management + path);
                return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            }
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        private void read() {
            try {
                process.inputReader(StandardCharsets.UTF_8).lines().forEach(lines::add);
            } catch (UncheckedIOException e) {
                lines.add("end of output: " + e.getMessage());
            }
        }

        @Override
        public void close() throws InterruptedException {
            kill();
        }
    }
}
