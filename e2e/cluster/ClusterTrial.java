import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** See {@code e2e/cluster/run}. Needs nothing but a JDK. */
final class ClusterTrial {
    private static final int STREAMS = 60;
    private static final int TOKENS = Integer.getInteger("tokens", 250);
    private static final int LATE = 10;
    private static final String MODEL = "demo";
    private static final int PATIENCE_SECONDS = 180;
    /**
     * Until all know that those see each other again whose link was cut. If one of them is cut off before, the other counts as
     * only indirectly connected, and the cluster removes it, too.
     */
    private static final int SETTLING_MILLIS = 10_000;
    private static final List<String> ALL = List.of(
            "none", "worker", "hang", "scheduler", "gateway", "link", "partition", "minority", "drain", "models", "clients",
            "tls-clients");
    private static final Predicate<Stream> EVERY = stream -> true;

    private final Path logs = Files.createTempDirectory("vidda-cluster");
    private final Network network = Network.open();
    private final Cluster cluster = new Cluster(network, logs);
    private final Map<Stream, Thread> threads = new ConcurrentHashMap<>();
    private final List<String> undisturbed = new ArrayList<>();
    private IntFunction<String> models = number -> MODEL;
    private boolean failed;

    /** What is done to the cluster while it streams. */
    private interface Fault {
        void happen() throws Exception;
    }

    private ClusterTrial() throws Exception {}

    public static void main(String[] args) throws Exception {
        List<String> cases = args.length == 0 ? ALL : List.of(args);
        ClusterTrial trial = new ClusterTrial();
        Runtime.getRuntime().addShutdownHook(new Thread(trial.cluster::close));
        System.out.println("logs in " + trial.logs + "; network: " + trial.network.description());
        if (!List.of("clients", "tls-clients").containsAll(cases)) {
            trial.startCluster();
            System.out.printf(
                    "%n%-10s %8s %6s %9s %6s %10s %10s %8s %8s%n",
                    "case", "streams", "lost", "different", "moved", "pause p50", "pause p99", "blocks", "leases");
        }
        for (String name : cases) {
            trial.run(name);
        }
        System.exit(trial.failed ? 1 : 0);
    }

    private void startCluster() throws Exception {
        long from = System.nanoTime();
        cluster.start();
        System.out.printf(Locale.ROOT, "7 nodes up after %.1f s%n", (System.nanoTime() - from) / 1e9);
        from = System.nanoTime();
        for (Stream stream : finish(begin())) {
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
            case "none" -> disturb(name, () -> {}, EVERY);
            case "worker" -> killWorker(name);
            case "hang" -> hang(name);
            case "scheduler" -> {
                disturb(name, this::killScheduler, EVERY);
                cluster.restart(cluster.activeScheduler());
            }
            case "gateway" -> {
                disturb(name, () -> member("g1").kill(), stream -> stream.gateway != member("g1"));
                cluster.restart("g1");
            }
            case "link" -> {
                checkMoved(name, disturb(name, this::cutLinkForAWhile, EVERY));
                Thread.sleep(SETTLING_MILLIS);
            }
            case "partition" -> partition(name);
            case "minority" -> minority(name);
            case "drain" -> {
                disturb(name, () -> Thread.ofVirtual().start(this::drainWorker), EVERY);
                int status = member("w3").awaitExit(60);
                check(status == 0, "the worker that was drained ended with " + status + ", not 0");
                cluster.restart("w3");
            }
            case "models" -> twoModels(name);
            case "clients" -> clients(name, false);
            case "tls-clients" -> clients(name, true);
            default -> throw new IllegalArgumentException("no such case: " + name);
        }
    }

    private void killWorker(String name) throws Exception {
        List<String> victim = new ArrayList<>();
        checkMoved(name, disturb(name, () -> busiest(victim).kill(), EVERY));
        cluster.restart(victim.getFirst());
    }

    /** None of its connections ends. */
    private void hang(String name) throws Exception {
        List<String> victim = new ArrayList<>();
        checkMoved(name, disturb(name, () -> busiest(victim).freeze(), EVERY));
        member(victim.getFirst()).kill();
        cluster.awaitWorkers(2);
        cluster.restart(victim.getFirst());
    }

    /** The worker with most streams, which is noted. */
    private Member busiest(List<String> victim) throws Exception {
        victim.add(cluster.busiest(Cluster.WORKERS));
        return member(victim.getLast());
    }

    /** One worker is cut off from all other nodes for good. */
    private void partition(String name) throws Exception {
        List<String> victim = new ArrayList<>();
        checkMoved(name, disturb(name, () -> network.isolate(busiest(victim).name), EVERY));
        checkStops(victim.getFirst());
        cluster.awaitWorkers(2);
        network.rejoin(victim.getFirst());
        cluster.restart(victim.getFirst());
    }

    /** A scheduler, the active one, a gateway and a worker see each other and nobody else. */
    private void minority(String name) throws Exception {
        List<String> few = new ArrayList<>(List.of(cluster.activeScheduler(), "g1"));
        Fault fault = () -> {
            busiest(few);
            between(few, cluster.others(few), network::cut);
        };
        checkMoved(name, disturb(name, fault, stream -> stream.gateway != member("g1")));
        for (String each : few) {
            checkStops(each);
        }
        cluster.awaitWorkers(2, List.of("g2"));
        between(few, cluster.others(few), network::mend);
        cluster.restart(few.toArray(String[]::new));
    }

    private interface Link {
        void change(String one, String other) throws Exception;
    }

    private static void between(List<String> some, List<String> others, Link link) throws Exception {
        for (String one : some) {
            for (String other : others) {
                link.change(one, other);
            }
        }
    }

    private void checkStops(String name) throws InterruptedException {
        int status = member(name).awaitExit(60);
        check(status == 1, name + ", which was cut off, ended with " + status + ", not 1");
    }

    /**
     * One worker gets another name for the model and half the memory for its pool; of the two others one
     * dies. The weights are the same, so the answers must be, too.
     */
    private void twoModels(String name) throws Exception {
        member("w3").kill();
        cluster.awaitWorkers(2);
        member("w3").start(
                cluster.seeds(),
                System.getenv("VIDDA_CLASS_PATH"),
                List.of("-Dvidda.node.model.name=second", "-Dvidda.node.model.kv-memory=96MiB"));
        cluster.awaitWorkers(3);
        for (String gateway : Cluster.GATEWAYS) {
            cluster.await(
                    gateway + " serves both models",
                    () -> Cluster.get(member(gateway), "/v1/models").contains("second"));
        }
        models = number -> number % 4 < 2 ? MODEL : "second";
        List<String> victim = new ArrayList<>();
        Fault fault = () -> {
            victim.add(cluster.busiest(List.of("w1", "w2")));
            member(victim.getFirst()).kill();
        };
        checkMoved(name, disturb(name, fault, EVERY));
        models = number -> MODEL;
        cluster.restart(victim.getFirst());
        member("w3").kill();
        cluster.awaitWorkers(2);
        cluster.restart("w3");
    }

    /** What comes while no scheduler answers has to wait for the next one, but no longer than that. */
    private void killScheduler() throws Exception {
        member(cluster.activeScheduler()).kill();
        CountDownLatch begun = new CountDownLatch(LATE);
        List<Stream> late = new ArrayList<>();
        for (int i = 0; i < LATE; i++) {
            late.add(start(new Stream(i, gateway(i), TOKENS, begun)));
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
    private void cutLinkForAWhile() throws Exception {
        String worker = cluster.busiest(Cluster.WORKERS);
        network.cut("g1", worker);
        Thread.sleep(4_000);
        network.mend("g1", worker);
    }

    private void clients(String name, boolean withTls) throws Exception {
        if (network instanceof Namespaces namespaces) {
            failed |= !new HalfOpenTrial(namespaces, logs, withTls).run();
        } else {
            System.out.println(name + ": left out, since they can vanish in a network namespace only");
        }
    }

    /** Streams, breaks something while all of them run, and tells what the clients got and how many went on elsewhere. */
    private int disturb(String name, Fault fault, Predicate<Stream> counts) throws Exception {
        Map<Member, Integer> movesBefore = new HashMap<>();
        for (String gateway : Cluster.GATEWAYS) {
            movesBefore.put(member(gateway), Cluster.moves(member(gateway)));
        }
        List<Stream> streams = begin();
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
        int moved = 0;
        Set<Member> gateways = counted.stream().map(stream -> stream.gateway).collect(Collectors.toSet());
        for (Member gateway : gateways) {
            moved += Cluster.moves(gateway) - movesBefore.get(gateway);
        }
        int[] left = Cluster.awaitNothingLeft(gateways.iterator().next());
        System.out.printf(
                Locale.ROOT,
                "%-10s %8d %6d %9d %6d %8.2f s %8.2f s %8d %8d%n",
                name,
                counted.size(),
                lost,
                different,
                moved,
                pauses[pauses.length / 2],
                pauses[Math.min(pauses.length - 1, (int) Math.ceil(pauses.length * 0.99) - 1)],
                left[0],
                left[1]);
        failed |= lost > 0 || different > 0 || left[0] > 0 || left[1] > 0;
        return moved;
    }

    private void checkMoved(String name, int moved) {
        check(moved > 0, name + ": no stream had to go on elsewhere, so nothing is shown");
    }

    /** Starts all streams and returns when each of the usual model, whose workers die, has its first token. */
    private List<Stream> begin() throws InterruptedException {
        CountDownLatch running =
                new CountDownLatch((int) IntStream.range(0, STREAMS).filter(this::isUsual).count());
        CountDownLatch others = new CountDownLatch(1);
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(start(new Stream(i, gateway(i), models.apply(i), TOKENS, isUsual(i) ? running : others)));
        }
        running.await();
        return streams;
    }

    private boolean isUsual(int number) {
        return models.apply(number).equals(MODEL);
    }

    private Stream start(Stream stream) {
        threads.put(stream, Thread.ofVirtual().start(stream));
        return stream;
    }

    private List<Stream> finish(List<Stream> streams) throws InterruptedException {
        for (Stream stream : streams) {
            threads.remove(stream).join(Duration.ofSeconds(PATIENCE_SECONDS));
        }
        return streams;
    }

    private Member gateway(int number) {
        return member(Cluster.GATEWAYS.get(number % Cluster.GATEWAYS.size()));
    }

    private Member member(String name) {
        return cluster.member(name);
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println(otherwise);
            failed = true;
        }
    }
}
