import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/**
 * Clients whose network vanishes while their streams run, while they wait for room, and while they have sent nothing: nobody
 * tells the server. What they held has to come free soon, and others are not to notice. They speak plain HTTP with the node
 * that has all roles, or TLS with a gateway of their own.
 */
final class HalfOpenTrial {
    private static final int NEAR = 10;
    private static final int FAR = 10;
    private static final int NEAR_TOKENS = 1900;
    /** So many of them are compared with an undisturbed run. */
    private static final int COMPARED_TOKENS = 400;

    private static final int HALF_A_CHARACTER = 12;
    private static final String WRITE_TIMEOUT = System.getProperty("writeTimeout", "3s");
    private static final double LIMIT_SECONDS = Double.parseDouble(System.getProperty("limit", "10"));
    /** Without pings and an end to idle connections, so that nothing but the timeout can help. */
    private static final List<String> OPTIONS = List.of(
            "-Dvidda.gateway.write-timeout=" + WRITE_TIMEOUT,
            "-Dvidda.gateway.ping-interval=10m",
            "-Dvidda.gateway.keep-alive=10m",
            "-Dvidda.node.model.kv-memory=448MiB",
            "-Dvidda.worker.max-batch-sequences=" + (NEAR + FAR));

    private static final Pattern LEASES = Pattern.compile("\"leases\":(\\d+)");
    private static final Pattern WAITING = Pattern.compile("\"waiting\":(\\d+)");
    private static final String ESTABLISHED = "01";

    private final Namespaces network;
    private final String name;
    private final Path logs;
    private final Member node;
    private final Optional<Member> tls;
    private final String farClients;
    private final String far;
    private final List<Thread> threads = new ArrayList<>();
    private boolean passed = true;

    /** @param withTls whether those that vanish speak it */
    HalfOpenTrial(Namespaces network, Path logs, boolean withTls) throws IOException {
        this.network = network;
        this.logs = logs;
        name = withTls ? "tls-clients" : "clients";
        String suffix = withTls ? "-tls" : "";
        node = new Member("n1" + suffix, "gateway,scheduler,worker", network.place("n1" + suffix), logs);
        tls = withTls ? Optional.of(new Member("g1" + suffix, "gateway", network.place("g1" + suffix), logs)) : Optional.empty();
        farClients = "far" + suffix;
        far = hex(network.place(farClients).httpHost());
    }

    /** Whether all was as it should be. */
    boolean run() throws Exception {
        Process clients = null;
        try (node) {
            start(node, OPTIONS);
            if (tls.isPresent()) {
                List<String> options = new ArrayList<>(OPTIONS);
                options.addAll(Certificate.make(logs));
                start(tls.get(), options);
            }
            List<Stream> undisturbed = near(COMPARED_TOKENS);
            for (Thread thread : threads) {
                thread.join();
            }
            threads.clear();
            clients = startFar();
            BufferedReader said = new BufferedReader(new InputStreamReader(clients.getInputStream()));
            said.readLine();
            List<Stream> near = near(NEAR_TOKENS);
            clients.getOutputStream().write('\n');
            clients.getOutputStream().flush();
            said.readLine();
            await("clients wait and idle", () -> count(WAITING) == FAR && connections() == 3 * FAR);
            check(count(LEASES) == NEAR + FAR, count(LEASES) + " streams run, not " + (NEAR + FAR));
            near.forEach(Stream::fault);
            double[] seconds = vanish();
            check(threads.stream().allMatch(Thread::isAlive), "other streams ended too early, so nothing is shown");
            threads.forEach(Thread::interrupt);
            report(seconds, near, undisturbed);
        } finally {
            if (clients != null) {
                clients.destroyForcibly();
            }
            tls.ifPresent(Member::close);
        }
        return passed;
    }

    private void start(Member member, List<String> options) throws Exception {
        member.start(List.of(node.address()), System.getenv("VIDDA_CLASS_PATH"), options);
        await(member.name + " is ready", () -> member.log().contains("ready "));
    }

    /** Whom the clients that vanish talk with. */
    private Member server() {
        return tls.orElse(node);
    }

    /** How long it took until the requests had ended, and until the connections were closed. */
    private double[] vanish() throws Exception {
        long from = System.nanoTime();
        network.vanish(farClients);
        await("the requests of vanished clients end", () -> count(LEASES) <= NEAR && count(WAITING) == 0);
        double requests = (System.nanoTime() - from) / 1e9;
        await("the connections of vanished clients are closed", () -> connections() == 0);
        return new double[] {requests, (System.nanoTime() - from) / 1e9};
    }

    private void report(double[] seconds, List<Stream> near, List<Stream> undisturbed) throws Exception {
        int[] left = Cluster.awaitNothingLeft(node);
        long different = near.stream()
                .filter(stream -> !agree(stream.text(), undisturbed.get(stream.number / 5).text()))
                .count();
        double pause = near.stream().mapToDouble(Stream::pauseSeconds).max().orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "%s: %d vanished with a stream, %d while they waited, %d idle (write-timeout %s): requests ended after"
                        + " %.2f s, connections after %.2f s; %d other streams: %d different, longest pause %.2f s; left %d"
                        + " blocks, %d leases%n",
                name,
                FAR,
                FAR,
                FAR,
                WRITE_TIMEOUT,
                seconds[0],
                seconds[1],
                NEAR,
                different,
                pause,
                left[0],
                left[1]);
        check(different == 0 && left[0] == 0 && left[1] == 0, "others were disturbed, or something is left");
        check(seconds[1] <= LIMIT_SECONDS, "that took longer than " + LIMIT_SECONDS + " s");
    }

    /** As far as both go, but for the end of the shorter one, which may be half a character. */
    private static boolean agree(String one, String other) {
        int common = Math.min(one.length(), other.length()) - HALF_A_CHARACTER;
        if (common > 0 && one.substring(0, common).equals(other.substring(0, common))) {
            return true;
        }
        System.out.println("different:\n  " + one + "\n  " + other);
        return false;
    }

    private List<Stream> near(int tokens) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(NEAR);
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < NEAR; i++) {
            // Without those of several samples, whose texts do not grow at their ends only.
            Stream stream = new Stream(5 * i, node, tokens, running);
            streams.add(stream);
            threads.add(Thread.ofVirtual().start(stream));
        }
        running.await();
        return streams;
    }

    private Process startFar() throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", farClients));
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m", "e2e/cluster/FarClients.java"));
        Network.Place server = server().place;
        command.addAll(List.of(server.httpHost(), Integer.toString(server.httpPort()), Integer.toString(FAR)));
        command.add(Boolean.toString(tls.isPresent()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private int count(Pattern pattern) throws InterruptedException {
        return Cluster.first(pattern, Cluster.get(node, "/admin/capacity"));
    }

    /** Open connections to the far clients, by the kernel's own table. */
    private int connections() throws IOException {
        int count = 0;
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(server().pid()), "net", table))) {
                String[] columns = line.strip().split("\\s+");
                boolean theirs = columns[2].split(":")[0].endsWith(far);
                count += theirs && columns[3].equals(ESTABLISHED) ? 1 : 0;
            }
        }
        return count;
    }

    /** As the kernel writes an address: its last number first. */
    private static String hex(String address) {
        String[] numbers = address.split("\\.");
        StringBuilder hex = new StringBuilder();
        for (int i = numbers.length - 1; i >= 0; i--) {
            hex.append("%02X".formatted(Integer.parseInt(numbers[i])));
        }
        return hex.toString();
    }

    private void await(String what, Cluster.Condition condition) throws Exception {
        Cluster.await(what, List.of(node), condition);
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println(name + ": " + otherwise);
            passed = false;
        }
    }
}
