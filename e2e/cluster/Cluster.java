import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two schedulers, two gateways and three workers, each a process of its own, and the network between them. */
final class Cluster implements AutoCloseable {
    static final List<String> SCHEDULERS = List.of("s1", "s2");
    static final List<String> GATEWAYS = List.of("g1", "g2");
    static final List<String> WORKERS = List.of("w1", "w2", "w3");

    private static final int PATIENCE_SECONDS = 180;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern COUNT = Pattern.compile("\"total\":\\{\"workers\":(\\d+)");
    private static final Pattern LEASES = Pattern.compile("\"id\":\"([^\"]+)\".*?\"leases\":(\\d+)");
    private static final Pattern USED = Pattern.compile("\"used\":(\\d+)");
    private static final Pattern COMMITTED = Pattern.compile("\"committed\":(\\d+)");

    private final Network network;
    private final Map<String, Member> members = new LinkedHashMap<>();

    Cluster(Network network, Path logs) throws IOException {
        this.network = network;
        Map<String, List<String>> roles = new LinkedHashMap<>();
        roles.put("scheduler", SCHEDULERS);
        roles.put("gateway", GATEWAYS);
        roles.put("worker", WORKERS);
        for (Map.Entry<String, List<String>> role : roles.entrySet()) {
            for (String name : role.getValue()) {
                members.put(name, new Member(name, role.getKey(), network.place(name), logs));
            }
        }
    }

    void start() throws Exception {
        // The seeds first: seven processes that all start at once on few processors take each other for dead.
        for (String seed : SCHEDULERS) {
            member(seed).start(seeds());
        }
        for (String seed : SCHEDULERS) {
            await(seed + " is ready", () -> member(seed).log().contains("ready "));
        }
        for (Member member : members.values()) {
            if (!member.isAlive()) {
                member.start(seeds());
            }
        }
        awaitWorkers(WORKERS.size());
    }

    List<String> seeds() {
        return SCHEDULERS.stream().map(seed -> member(seed).address()).toList();
    }

    Member member(String name) {
        return members.get(name);
    }

    Network network() {
        return network;
    }

    /** All members but these. */
    List<String> others(List<String> these) {
        return members.keySet().stream().filter(each -> !these.contains(each)).toList();
    }

    /** Starts those that do not run; all workers are there when it returns. */
    void restart(String... names) throws Exception {
        for (String name : names) {
            member(name).start(seeds());
        }
        awaitWorkers(WORKERS.size());
    }

    /** The one that every gateway chooses. */
    String activeScheduler() {
        return SCHEDULERS.stream()
                .min(Comparator.comparing(name -> member(name).address()))
                .orElseThrow();
    }

    /** That of these workers which most streams run on; waits until any does, as far as a gateway has heard. */
    String busiest(List<String> workers) throws Exception {
        Map<String, Integer> leases = new LinkedHashMap<>();
        await("streams run on one of " + workers, () -> {
            leases.clear();
            leases.putAll(leases(workers));
            return leases.values().stream().anyMatch(count -> count > 0);
        });
        return workers.stream()
                .max(Comparator.comparing(name -> leases.getOrDefault(name, 0)))
                .orElseThrow();
    }

    private Map<String, Integer> leases(List<String> workers) throws InterruptedException {
        Map<String, Integer> leases = new LinkedHashMap<>();
        Matcher each = LEASES.matcher(get(livingGateway(), "/admin/capacity"));
        while (each.find()) {
            String id = each.group(1);
            workers.stream()
                    .filter(name -> id.contains("-" + member(name).place.host() + "-"))
                    .forEach(name -> leases.put(name, Integer.parseInt(each.group(2))));
        }
        return leases;
    }

    /** How often a gateway has told that a request goes on at another worker. */
    static int moves(Member gateway) throws IOException {
        return gateway.log().split(" moves on after ", -1).length - 1;
    }

    void awaitWorkers(int workers) throws Exception {
        awaitWorkers(workers, GATEWAYS);
    }

    void awaitWorkers(int workers, List<String> gateways) throws Exception {
        List<Member> living = members.values().stream().filter(Member::isAlive).toList();
        for (String gateway : gateways) {
            await(gateway + " knows " + workers + " workers", living, () -> {
                Matcher found = COUNT.matcher(get(member(gateway), "/admin/capacity"));
                return found.find() && Integer.parseInt(found.group(1)) == workers;
            });
        }
    }

    /**
     * Blocks that workers hold and blocks that leases promise when all streams are over, once the reports are in. A worker that is
     * cut off is known by its last report until the cluster has removed it.
     */
    static int[] awaitNothingLeft(Member gateway) throws Exception {
        int[] left = {-1, -1};
        for (int i = 0; i < 240 && (left[0] != 0 || left[1] != 0); i++) {
            Thread.sleep(250);
            String capacity = get(gateway, "/admin/capacity");
            left = new int[] {first(USED, capacity), first(COMMITTED, capacity)};
        }
        return left;
    }

    private Member livingGateway() {
        return GATEWAYS.stream().map(this::member).filter(Member::isAlive).findFirst().orElseThrow();
    }

    /** The number that the pattern finds first, or -1. */
    static int first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Integer.parseInt(found.group(1)) : -1;
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    void await(String what, Condition condition) throws Exception {
        await(what, new ArrayList<>(members.values()), condition);
    }

    /** @throws IllegalStateException if one of the members ends meanwhile */
    static void await(String what, List<Member> living, Condition condition) throws Exception {
        long until = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        while (!condition.holds()) {
            for (Member member : living) {
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

    /** The body of the answer; empty if there is none. */
    static String get(Member gateway, String path) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(gateway.url(path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        members.values().forEach(Member::close);
    }
}
