import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Each node has a loopback address of its own, and a {@link Relay} in front of its port. */
final class Relays implements Network {
    private record Node(String host, Relay relay) {}

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private int next;

    /** @param first last number of the first node's address */
    Relays(int first) {
        next = first;
    }

    @Override
    public Place place(String name) throws IOException {
        String host = "127.0.0." + next++;
        int port = freePort(host);
        Relay relay = new Relay(host, port);
        nodes.put(name, new Node(host, relay));
        return new Place(host, port, host + ":" + relay.port(), "127.0.0.1", freePort("127.0.0.1"), List.of());
    }

    @Override
    public void cut(String one, String other) {
        nodes.get(one).relay.cut(nodes.get(other).host);
        nodes.get(other).relay.cut(nodes.get(one).host);
    }

    @Override
    public void mend(String one, String other) {
        nodes.get(one).relay.mend(nodes.get(other).host);
        nodes.get(other).relay.mend(nodes.get(one).host);
    }

    @Override
    public void isolate(String name) {
        nodes.keySet().stream().filter(other -> !other.equals(name)).forEach(other -> cut(name, other));
    }

    @Override
    public void rejoin(String name) {
        nodes.keySet().stream().filter(other -> !other.equals(name)).forEach(other -> mend(name, other));
    }

    @Override
    public String description() {
        return "a relay in front of each node: no network namespaces here";
    }

    @Override
    public void close() throws IOException {
        for (Node node : nodes.values()) {
            node.relay.close();
        }
    }

    private static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }
}
