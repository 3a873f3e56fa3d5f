import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** See {@code e2e/upgrade/run}. Needs nothing but a JDK. */
final class UpgradeTrial {
    private static final int STREAMS = 60;
    private static final int TOKENS = Integer.getInteger("tokens", 100);
    private static final int LIMIT_SECONDS = Integer.getInteger("limit", 600);
    private static final String NEXT = "9.8.0";
    private static final String LATER = "9.9.0";
    /** Once for each worker that a gateway knows. */
    private static final String VERSION = "\"version\":\"";

    private static final Pattern HELD = Pattern.compile("\"(?:used|committed)\":([1-9]\\d*)");
    /**
     * Workers hand over instead of waiting for their streams; gateways wait as long as it takes. A first seed node must not
     * start a cluster of its own because the others have no processor for a moment.
     */
    private static final List<String> OPTIONS = List.of(
            "-Dvidda.worker.drain-time=1s",
            "-Dvidda.gateway.shutdown-timeout=60s");
    private static final String SEED_PATIENCE = "-Dakka.cluster.seed-node-timeout=30s";

    private final Network network = new Relays(31);
    private final Map<String, Member> members = new LinkedHashMap<>();
    /** Gateways that a balancer would send new requests to. */
    private final Set<Member> accepting = ConcurrentHashMap.newKeySet();

    private final Map<Stream, CountDownLatch> running = new ConcurrentHashMap<>();
    private final List<Stream> ended = Collections.synchronizedList(new ArrayList<>());
    private final List<String> undisturbed = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Path folder = Files.createTempDirectory("vidda-upgrade");
    private volatile String doing = "";
    private volatile boolean enough;
    private int upgradedWorkers;
    private boolean failed;

    /** The replacement of one process, in {@link System#nanoTime}. */
    private record Step(String name, String role, long from, long stopped, long to) {}

    private UpgradeTrial() throws IOException {}

    public static void main(String[] args) throws Exception {
        UpgradeTrial trial = new UpgradeTrial();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> trial.members.values().forEach(Member::close)));
        Thread.ofPlatform().daemon().start(trial::endInTime);
        trial.run();
        System.exit(trial.failed ? 1 : 0);
    }

    private void run() throws Exception {
        Path lib = Path.of(System.getenv("VIDDA_CLASS_PATH").replaceFirst("/\\*$", ""));
        doing("making the next release");
        String next = NextRelease.make(lib, folder.resolve("next"), NEXT, "2, 1");
        String later = NextRelease.make(lib, folder.resolve("later"), LATER, "9, 9");
        startCluster();
        learnResults();
        List<Thread> clients = startClients();
        for (Member member : members.values()) {
            replace(member, next);
        }
        doing("letting the last streams end");
        enough = true;
        for (Thread client : clients) {
            client.join();
        }
        checkVersions();
        refuse(later);
        report();
    }

    private void startCluster() throws Exception {
        doing("starting the cluster; its logs are in " + folder);
        List<String> names = List.of("s1", "s2", "w1", "w2", "w3", "g1", "g2");
        for (String name : names) {
            members.put(name, member(name));
        }
        for (Member member : members.values()) {
            start(member, System.getenv("VIDDA_CLASS_PATH"), OPTIONS);
        }
        for (String name : List.of("g1", "g2")) {
            accepting.add(members.get(name));
            await(() -> count(members.get(name), VERSION) == 3);
        }
    }

    /** Workers keep all cores busy, and starts of processes have to get on beside them. */
    private void start(Member member, String classPath, List<String> options) throws Exception {
        member.start(seeds(), classPath, options);
        if (member.role.equals("worker")) {
            member.standBack();
        }
    }

    private Member member(String name) throws IOException {
        String role = Map.of('s', "scheduler", 'g', "gateway", 'w', "worker").get(name.charAt(0));
        return new Member(name, role, network.place(name), folder);
    }

    private List<String> seeds() {
        return List.of(members.get("s1").address(), members.get("s2").address());
    }

    private void learnResults() throws Exception {
        doing("learning what undisturbed streams get");
        List<Stream> streams = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(new Stream(i, members.get(i % 2 == 0 ? "g1" : "g2"), TOKENS, new CountDownLatch(1)));
            threads.add(Thread.ofVirtual().start(streams.get(i)));
        }
        for (int i = 0; i < STREAMS; i++) {
            threads.get(i).join();
            undisturbed.add(streams.get(i).result());
            if (!streams.get(i).isComplete()) {
                throw new IllegalStateException("undisturbed, but: " + streams.get(i).result());
            }
        }
    }

    /** Each sends its request again as soon as it is answered, so that as many streams run at any time. */
    private List<Thread> startClients() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(STREAMS);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            int number = i;
            clients.add(Thread.ofVirtual().start(() -> {
                stream(number, first);
                while (!enough) {
                    stream(number, new CountDownLatch(1));
                }
            }));
        }
        first.await();
        return clients;
    }

    private void stream(int number, CountDownLatch begun) {
        Member preferred = members.get(number % 2 == 0 ? "g1" : "g2");
        Stream stream;
        // With the choice, so that a gateway that is being taken out knows of all that come to it.
        synchronized (accepting) {
            Member gateway =
                    accepting.contains(preferred) ? preferred : accepting.iterator().next();
            stream = new Stream(number, gateway, TOKENS, begun);
            running.put(stream, begun);
        }
        stream.fault();
        stream.run();
        running.remove(stream);
        ended.add(stream);
    }

    private void replace(Member member, String classPath) throws Exception {
        doing("replacing " + member.name);
        long from = System.nanoTime();
        if (member.role.equals("gateway")) {
            takeOut(member);
        }
        int status = member.terminate(LIMIT_SECONDS);
        check(status == 0, member.name + " ended with " + status + ", not 0");
        long stopped = System.nanoTime();
        int readyBefore = ready(member);
        List<String> options = new ArrayList<>(OPTIONS);
        options.add(SEED_PATIENCE);
        start(member, classPath, options);
        await(() -> ready(member) > readyBefore);
        if (member.role.equals("worker")) {
            int workers = ++upgradedWorkers;
            for (Member gateway : accepting) {
                await(() -> count(gateway, VERSION + NEXT) == workers);
            }
        } else if (member.role.equals("gateway")) {
            await(() -> count(member, VERSION) == 3);
            accepting.add(member);
        }
        steps.add(new Step(member.name, member.role, from, stopped, System.nanoTime()));
    }

    /** As a balancer does: nothing new goes there, and what went there has arrived. */
    private void takeOut(Member gateway) throws InterruptedException {
        synchronized (accepting) {
            accepting.remove(gateway);
        }
        for (Map.Entry<Stream, CountDownLatch> stream : running.entrySet()) {
            if (stream.getKey().gateway == gateway) {
                stream.getValue().await();
            }
        }
    }

    private void checkVersions() throws Exception {
        for (Member gateway : accepting) {
            check(
                    Cluster.get(gateway, "/version").contains(NEXT),
                    gateway.name + " has not version " + NEXT + ": " + Cluster.get(gateway, "/version"));
            doing("waiting until nothing is held at " + gateway.name);
            await(() -> !HELD.matcher(Cluster.get(gateway, "/admin/capacity")).find());
        }
    }

    /** A release that skips one does not join, and says so. */
    private void refuse(String classPath) throws Exception {
        doing("refusing a release that cannot read the others");
        Member late = member("s3");
        late.start(seeds(), classPath, OPTIONS);
        int status = late.awaitExit(LIMIT_SECONDS);
        late.close();
        String reason = late.log()
                .lines()
                .filter(line -> line.contains("the node cannot join the others"))
                .map(line -> line.substring(line.indexOf("the node cannot")))
                .findFirst()
                .orElse("no reason");
        check(status == 1 && reason.contains("Upgrade one release at a time"), "s3 ended with " + status + ": " + reason);
        System.out.println("refused: " + reason);
    }

    private void report() {
        System.out.printf("%n%-9s %-10s %9s %9s %14s%n", "process", "role", "stopped", "replaced", "longest pause");
        for (Step step : steps) {
            double longest = ended.stream()
                    .filter(stream -> stream.pauseEndedAt() > step.from && stream.pauseEndedAt() <= step.to)
                    .mapToDouble(Stream::pauseSeconds)
                    .max()
                    .orElse(0);
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %-10s %7.1f s %7.1f s %12.2f s%n",
                    step.name,
                    step.role,
                    (step.stopped - step.from) / 1e9,
                    (step.to - step.from) / 1e9,
                    longest);
        }
        List<Stream> lost = ended.stream().filter(stream -> !stream.isComplete()).toList();
        List<Stream> different = ended.stream()
                .filter(Stream::isComplete)
                .filter(stream -> !stream.result().equals(undisturbed.get(stream.number)))
                .toList();
        lost.forEach(stream -> System.out.println("lost: " + stream.number + " of " + stream.gateway.name + ": " + stream.end()));
        different.forEach(stream -> System.out.println(
                "different: " + stream.number + "\n  " + stream.result() + "\n  " + undisturbed.get(stream.number)));
        double[] pauses = ended.stream().mapToDouble(Stream::pauseSeconds).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%d streams at a time, %d in all, of %d tokens: %d lost, %d different; longest pauses p50 %.2f s, p99 %.2f s,"
                        + " max %.2f s%n",
                STREAMS,
                ended.size(),
                TOKENS,
                lost.size(),
                different.size(),
                pauses[pauses.length / 2],
                pauses[(int) (pauses.length * 0.99)],
                pauses[pauses.length - 1]);
        check(lost.isEmpty() && different.isEmpty(), "streams were lost or changed");
    }

    private static int ready(Member member) throws IOException {
        return (int) member.log().lines().filter(line -> line.startsWith("ready ")).count();
    }

    private static int count(Member gateway, String text) throws InterruptedException {
        Matcher found = Pattern.compile(Pattern.quote(text)).matcher(Cluster.get(gateway, "/admin/capacity"));
        return (int) found.results().count();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(Condition condition) throws Exception {
        while (!condition.holds()) {
            for (Member member : members.values()) {
                if (member.hasEnded()) {
                    throw new IllegalStateException(member.name + " has ended:\n" + member.log());
                }
            }
            Thread.sleep(100);
        }
    }

    private void doing(String what) {
        doing = what;
        System.out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - START) / 1e9, what);
    }

    private static final long START = System.nanoTime();

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println(otherwise);
            failed = true;
        }
    }

    private void endInTime() {
        try {
            Thread.sleep(LIMIT_SECONDS * 1000L);
        } catch (InterruptedException e) {
            return;
        }
        System.out.println("not within " + LIMIT_SECONDS + " s; it was " + doing);
        System.exit(1);
    }
}
