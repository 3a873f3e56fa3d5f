import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Each node has a network namespace of its own with two cables: one to a bridge that joins the nodes, one to a bridge that
 * joins them with their clients. A cut cable or link swallows packets. All of it lies in namespaces that {@code run}
 * made for this process and its children, and goes when they end, however they do.
 */
final class Namespaces implements Network {
    private static final String NODES = "nodes";
    private static final String CLIENTS = "clients";
    /** Where a packet goes that is not to arrive. */
    private static final String NOBODY = "02:00:00:00:00:01";

    private final Map<String, Place> places = new LinkedHashMap<>();

    Namespaces() throws IOException {
        ip("link set lo up");
        for (String bridge : List.of(NODES, CLIENTS)) {
            ip("link add " + bridge + " type bridge");
            ip("link set " + bridge + " up");
        }
        ip("address add " + address(CLIENTS, 1) + "/24 dev " + CLIENTS);
    }

    @Override
    public Place place(String name) throws IOException {
        int number = 11 + places.size();
        ip("netns add " + name);
        ip("-n " + name + " link set lo up");
        for (String bridge : List.of(NODES, CLIENTS)) {
            ip("link add " + cable(name, bridge) + " type veth peer name " + bridge + " netns " + name);
            ip("-n " + name + " address add " + address(bridge, number) + "/24 dev " + bridge);
            ip("-n " + name + " link set " + bridge + " up");
            ip("link set " + cable(name, bridge) + " master " + bridge + " up");
        }
        Place place = new Place(
                address(NODES, number),
                2551,
                address(NODES, number) + ":2551",
                address(CLIENTS, number),
                8080,
                List.of("ip", "netns", "exec", name));
        places.put(name, place);
        return place;
    }

    private static String address(String bridge, int number) {
        return (bridge.equals(NODES) ? "10.77.0." : "10.78.0.") + number;
    }

    private static String cable(String name, String bridge) {
        return name + "-" + bridge;
    }

    @Override
    public void cut(String one, String other) throws IOException {
        misdirect(one, other);
        misdirect(other, one);
    }

    private void misdirect(String from, String to) throws IOException {
        ip("-n " + from + " neigh replace " + places.get(to).host() + " lladdr " + NOBODY + " dev " + NODES
                + " nud permanent");
    }

    @Override
    public void mend(String one, String other) throws IOException {
        ip("-n " + one + " neigh del " + places.get(other).host() + " dev " + NODES);
        ip("-n " + other + " neigh del " + places.get(one).host() + " dev " + NODES);
    }

    @Override
    public void isolate(String name) throws IOException {
        ip("link set " + cable(name, NODES) + " down");
    }

    @Override
    public void rejoin(String name) throws IOException {
        ip("link set " + cable(name, NODES) + " up");
    }

    /** As {@link #isolate}, for those who are clients. */
    void vanish(String name) throws IOException {
        ip("link set " + cable(name, CLIENTS) + " down");
    }

    @Override
    public String description() {
        return "a network namespace for each node, joined by cables to a bridge";
    }

    @Override
    public void close() {
        // The kernel clears up when the last process in the namespaces has ended.
    }

    private static void ip(String arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
