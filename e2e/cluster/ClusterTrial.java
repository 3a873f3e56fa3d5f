import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** See {@code e2e/cluster/run}. Needs nothing but a JDK. */
final class ClusterTrial {
    private static final int STREAMS = 60;
    private static final int TOKENS = Integer.getInteger("tokens", 250);
    private static final int LATE = 10;
    private static final int PATIENCE_SECONDS = 180;
    private static final List<String> ALL = 
            List.of("none", "worker", "hang", "scheduler", "gateway", "link", "partition", "drain", "models");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern WORKERS = Pattern.compile("\"total\":\\{\"workers\":(\\d+)");
    private static final Pattern USED = Pattern.compile("\"used\":(\\d+)");
    private static final Pattern COMMITTED = Pattern.compile("\"committed\":(\\d+)");

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<String> undisturbed = new ArrayList<>();
    private IntFunction<String> models = number -> "demo";
    private boolean failed;

    /** What is done to the cluster while it streams. */
    private interface Fault {
        void happen() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        List<String> cases = args.length == 0 ? ALL : List.of(args);
        ClusterTrial trial = new ClusterTrial();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Member.closeAll(trial.members.values())));
        trial.startCluster();
        trial.learnResults();
        System.out.printf(
                "%n%-10s %8s %6s %9s %6s %10s %10s %8s %8s%n",
                "case", "streams", "lost", "different", "moved", "pause p50", "pause p99", "blocks", "leases");
        for (String name : cases) {
            trial.run(name);
        }
        System.exit(trial.failed ? 1 : 0);
    }

    private void startCluster() throws Exception {
        Path logs = Files.createTempDirectory("vidda-cluster");
        System.out.println("logs in " + logs);
        List<String> names = List.of("s1", "s2", "g1", "g2", "w1", "w2", "w3");
        for (int i = 0; i < names.size(); i++) {
            String role = Map.of('s', "scheduler", 'g', "gateway", 'w', "worker").get(names.get(i).charAt(0));
            members.put(names.get(i), new Member(names.get(i), role, "127.0.0." + (11 + i), logs));
        }
        long from = System.nanoTime();
        // The seeds first: seven processes that all start at once on few processors take each other for dead.
        for (String seed : List.of("s1", "s2")) {
            member(seed).start(seeds());
        }
        for (String seed : List.of("s1", "s2")) {
            await(seed + " is ready", () -> member(seed).log().contains("ready "));
        }
        for (Member member : members.values()) {
            if (!member.isAlive()) {
                member.start(seeds());
            }
        }
        awaitWorkers(3);
        System.out.printf(Locale.ROOT, "7 nodes up after %.1f s%n", (System.nanoTime() - from) / 1e9);
    }

    private List<String> seeds() {
        return List.of(member("s1").address(), member("s2").address());
    }

    private Member member(String name) {
        return members.get(name);
    }

    private void learnResults() throws Exception {
        long from = System.nanoTime();
        // The first run warms up; the second says what an undisturbed one takes.
        for (Stream stream : finish(begin(member("g1"), member("g2")))) {
            undisturbed.add(stream.result());
            if (!stream.isComplete()) {
                throw new IllegalStateException("undisturbed, but: " + stream.result());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "undisturbed: %d streams of %d tokens in %.1f s%n",
                STREAMS,
                TOKENS,
                (System.nanoTime() - from) / 1e9);
    }

    private void run(String name) throws Exception {
        switch (name) {
            case "none" -> disturb(name, () -> {}, stream -> true);
            case "hang" -> {
                disturb(name, () -> member("w3").freeze(), stream -> true);
                member("w3").kill();
                awaitWorkers(2);
                restart("w3");
            }
            case "worker" -> {
                disturb(name, () -> member("w1").kill(), stream -> true);
                restart("w1");
            }
            case "scheduler" -> {
                disturb(name, this::killScheduler, stream -> true);
                restart(members.keySet().stream().filter(each -> !member(each).isAlive()).findFirst().orElseThrow());
            }
            case "gateway" -> {
                disturb(name, () -> member("g1").kill(), stream -> stream.gateway != member("g1"));
                restart("g1");
            }
            case "link" -> disturb(name, this::cutLinkForAWhile, stream -> true);
            case "partition" -> {
                disturb(name, () -> cutOff("w2"), stream -> true);
                int status = member("w2").awaitExit(60);
                check(status == 1, "the worker that was cut off ended with " + status + ", not 1");
                mend("w2");
                restart("w2");
            }
            case "drain" -> {
                disturb(name, () -> Thread.ofVirtual().start(this::drainWorker), stream -> true);
                int status = member("w3").awaitExit(60);
                check(status == 0, "the worker that was drained ended with " + status + ", not 0");
                restart("w3");
            }
            case "models" -> twoModels(name);
            default -> throw new IllegalArgumentException("no such case: " + name);
        }
    }

    /**
     * One worker gets another name for the model and half the memory for its pool; of the two others one
     * dies. The weights are the same, so the answers must be, too.
     */
    private void twoModels(String name) throws Exception {
        member("w3").kill();
        awaitWorkers(2);
        member("w3").start(
                seeds(),
                System.getenv("VIDDA_CLASS_PATH"),
                List.of("-Dvidda.node.model.name=second", "-Dvidda.node.model.kv-memory=96MiB"));
        awaitWorkers(3);
        for (String gateway : List.of("g1", "g2")) {
            await(gateway + " serves both models", () -> get(member(gateway), "/v1/models").contains("second"));
        }
        models = number -> number % 4 < 2 ? "demo" : "second";
        disturb(name, () -> member("w1").kill(), stream -> true);
        models = number -> "demo";
        restart("w1");
        member("w3").kill();
        awaitWorkers(2);
        restart("w3");
    }

    /** What comes while no scheduler answers has to wait for the next one, but no longer than that. */
    private void killScheduler() throws Exception {
        member(activeScheduler()).kill();
        CountDownLatch begun = new CountDownLatch(LATE);
        List<Stream> late = new ArrayList<>();
        for (int i = 0; i < LATE; i++) {
            Stream stream = new Stream(i, member(i % 2 == 0 ? "g1" : "g2"), TOKENS, begun);
            late.add(stream);
            threads.put(stream, Thread.ofVirtual().start(stream));
        }
        finish(late);
        System.out.printf(
                Locale.ROOT,
                "%d requests sent right after the kill: first token after at most %.2f s%n",
                LATE,
                late.stream().mapToDouble(Stream::firstSeconds).max().orElseThrow());
        for (Stream stream : late) {
            check(stream.result().equals(undisturbed.get(stream.number)), "late and different: " + stream.result());
        }
    }

    private void drainWorker() {
        try {
            member("w3").terminate(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Shorter than it takes the cluster to remove somebody. */
    private void cutLinkForAWhile() throws InterruptedException {
        cut("g1", "w1");
        Thread.sleep(4_000);
        join("g1", "w1");
    }

    private void cutOff(String name) {
        members.keySet().stream().filter(other -> !other.equals(name)).forEach(other -> cut(name, other));
    }

    private void mend(String name) {
        members.keySet().stream().filter(other -> !other.equals(name)).forEach(other -> join(name, other));
    }

    private void cut(String one, String other) {
        member(one).relay().cut(member(other).host);
        member(other).relay().cut(member(one).host);
    }

    private void join(String one, String other) {
        member(one).relay().mend(member(other).host);
        member(other).relay().mend(member(one).host);
    }

    /** Streams, breaks something while all of them run, and tells what the clients got. */
    private void disturb(String name, Fault fault, Predicate<Stream> counts) throws Exception {
        int movedBefore = moves();
        List<Stream> streams = begin(member("g1"), member("g2"));
        streams.forEach(Stream::fault);
        fault.happen();
        finish(streams);
        List<Stream> counted = streams.stream().filter(counts).toList();
        int lost = 0;
        int different = 0;
        for (Stream stream : counted) {
            if (!stream.isComplete()) {
                lost++;
                System.out.println("lost: stream " + stream.number + " of " + stream.gateway.name + ": " + stream.end());
            } else if (!stream.result().equals(undisturbed.get(stream.number))) {
                different++;
                System.out.println("different: stream " + stream.number + "\n  " + stream.result() + "\n  "
                        + undisturbed.get(stream.number));
            }
        }
        double[] pauses = counted.stream().mapToDouble(Stream::pauseSeconds).sorted().toArray();
        int[] left = awaitNothingLeft();
        System.out.printf(
                Locale.ROOT,
                "%-10s %8d %6d %9d %6d %8.2f s %8.2f s %8d %8d%n",
                name,
                counted.size(),
                lost,
                different,
                moves() - movedBefore,
                pauses[pauses.length / 2],
                pauses[Math.min(pauses.length - 1, (int) Math.ceil(pauses.length * 0.99) - 1)],
                left[0],
                left[1]);
        failed |= lost > 0 || different > 0 || left[0] > 0 || left[1] > 0;
    }

    /** How often gateways have told that a request goes on at another worker. */
    private int moves() throws IOException {
        int moves = 0;
        for (String gateway : List.of("g1", "g2")) {
            moves += member(gateway).log().split(" moves on after ", -1).length - 1;
        }
        return moves;
    }

    /** Starts all streams and returns when each has its first token. */
    private List<Stream> begin(Member... gateways) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(STREAMS);
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Stream stream = new Stream(i, gateways[i % gateways.length], models.apply(i), TOKENS, running);
            streams.add(stream);
            threads.put(stream, Thread.ofVirtual().start(stream));
        }
        running.await();
        return streams;
    }

    private final Map<Stream, Thread> threads = new ConcurrentHashMap<>();

    private List<Stream> finish(List<Stream> streams) throws InterruptedException {
        for (Stream stream : streams) {
            threads.remove(stream).join(Duration.ofSeconds(PATIENCE_SECONDS));
        }
        return streams;
    }

    /** The one with the lowest address, as every gateway chooses. */
    private String activeScheduler() {
        return member("s1").address().compareTo(member("s2").address()) < 0 ? "s1" : "s2";
    }

    private void restart(String name) throws Exception {
        member(name).start(seeds());
        awaitWorkers(3);
    }

    private void awaitWorkers(int workers) throws Exception {
        for (String gateway : List.of("g1", "g2")) {
            await(gateway + " knows " + workers + " workers", () -> {
                Matcher found = WORKERS.matcher(get(member(gateway), "/admin/capacity"));
                return found.find() && Integer.parseInt(found.group(1)) == workers;
            });
        }
    }

    /** Blocks that workers hold and blocks that leases promise when all streams are over, once the reports are in. */
    private int[] awaitNothingLeft() throws Exception {
        int[] left = {-1, -1};
        for (int i = 0; i < 60 && (left[0] != 0 || left[1] != 0); i++) {
            Thread.sleep(250);
            String capacity = get(members.values().stream()
                    .filter(member -> member.role.equals("gateway") && member.isAlive())
                    .findFirst()
                    .orElseThrow(), "/admin/capacity");
            left = new int[] {first(USED, capacity), first(COMMITTED, capacity)};
        }
        return left;
    }

    private static int first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Integer.parseInt(found.group(1)) : -1;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition) throws Exception {
        long until = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        while (!condition.holds()) {
            for (Member member : members.values()) {
                if (member.hasEnded()) {
                    throw new IllegalStateException(member.name + " has ended while this was awaited: " + what);
                }
            }
            if (System.nanoTime() > until) {
                throw new IllegalStateException("not within " + PATIENCE_SECONDS + " s: " + what);
            }
            Thread.sleep(250);
        }
    }

    static String get(Member gateway, String path) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.httpPort + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println(otherwise);
            failed = true;
        }
    }

    static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }
}
