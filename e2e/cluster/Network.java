import java.io.IOException;
import java.util.List;

/** What connects the nodes of a trial, and can be cut. Nobody is told of a cut: what is sent just does not arrive. */
interface Network extends AutoCloseable {
    /**
     * Where a node lives.
     *
     * @param host its own address among the nodes
     * @param port that it binds there
     * @param address where other nodes reach it
     * @param httpHost where clients reach it
     * @param command what its command line begins with
     */
    record Place(String host, int port, String address, String httpHost, int httpPort, List<String> command) {}

    /** Makes a place for a node, or for clients only. */
    Place place(String name) throws IOException;

    /** From now on nothing passes between the two, and no connection ends by it. */
    void cut(String one, String other) throws IOException;

    void mend(String one, String other) throws IOException;

    /** From now on nothing passes between it and any other node; clients still reach it. */
    void isolate(String name) throws IOException;

    void rejoin(String name) throws IOException;

    /** How it is made, in words. */
    String description();

    @Override
    void close() throws IOException;

    /** Namespaces where {@code run} could make them, else relays. */
    static Network open() throws IOException {
        return "namespaces".equals(System.getenv("VIDDA_TRIAL_NETWORK")) ? new Namespaces() : new Relays(11);
    }
}
