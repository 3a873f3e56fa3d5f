package dev.vidda.node.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The part of the Kubernetes API that nodes use, over HTTPS on the loopback interface: pods by label, and leases. */
final class FakeKubernetes implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PASSWORD = "changeit";
    private static final String NAMESPACE = "vidda-test";
    private static final String TOKEN = "token-of-the-service-account";
    private static final String PODS = "/api/v1/namespaces/" + NAMESPACE + "/pods";
    private static final String LEASES = "/apis/akka.io/v1/namespaces/" + NAMESPACE + "/leases/";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final Path folder;
    private final HttpsServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> addresses = new CopyOnWriteArrayList<>();
    private final Map<String, ObjectNode> leases = new ConcurrentHashMap<>();
    private final String selector;
    private final int managementPort;

    /**
     * Starts it.
     *
     * @param folder gets what Kubernetes mounts into a pod: token, namespace, certificate of the API server
     */
    FakeKubernetes(Path folder, String selector, int managementPort) throws Exception {
        this.folder = folder;
        this.selector = selector;
        this.managementPort = managementPort;
        Files.writeString(folder.resolve("token"), TOKEN);
        Files.writeString(folder.resolve("namespace"), NAMESPACE);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls()));
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** From now on these pods run. */
    void pods(String... running) {
        addresses.clear();
        addresses.addAll(List.of(running));
    }

    /** Who holds the leases that are held. */
    List<String> leaseOwners() {
        return leases.values().stream()
                .map(lease -> lease.at("/spec/owner").asText())
                .filter(owner -> !owner.isEmpty())
                .toList();
    }

    /** The number of leases anybody has made. */
    int leases() {
        return leases.size();
    }

    /** What a pod's configuration must say, because nothing is at the usual places. */
    Map<String, Object> configuration() {
        String discovery = "akka.discovery.kubernetes-api.";
        String lease = "akka.coordination.lease.kubernetes.";
        String ca = folder.resolve("ca.crt").toString();
        String token = folder.resolve("token").toString();
        String namespace = folder.resolve("namespace").toString();
        return Map.of(
                discovery + "api-ca-path", ca,
                discovery + "api-token-path", token,
                discovery + "pod-namespace-path", namespace,
                lease + "api-ca-path", ca,
                lease + "api-token-path", token,
                lease + "namespace-path", namespace);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, FORBIDDEN, JSON.createObjectNode());
            } else if (path.equals(PODS)) {
                boolean ours = ("labelSelector=" + selector)
                        .equals(exchange.getRequestURI().getQuery());
                send(exchange, OK, ours ? podList() : JSON.createObjectNode().set("items", JSON.createArrayNode()));
            } else if (path.startsWith(LEASES)) {
                answerLease(exchange, path.substring(LEASES.length()));
            } else {
                send(exchange, NOT_FOUND, JSON.createObjectNode());
            }
        }
    }

    private JsonNode podList() {
        ObjectNode list = JSON.createObjectNode();
        ArrayNode items = list.putArray("items");
        for (String address : addresses) {
            ObjectNode pod = items.addObject();
            pod.putObject("metadata").put("name", "pod-" + address);
            ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
            container.put("name", "vidda");
            container.putArray("ports").addObject().put("name", "management").put("containerPort", managementPort);
            pod.putObject("status").put("podIP", address).put("phase", "Running");
        }
        return list;
    }

    /** Like the real one: nothing is written over a version that the writer has not seen. */
    private synchronized void answerLease(HttpExchange exchange, String name) throws IOException {
        ObjectNode present = leases.get(name);
        switch (exchange.getRequestMethod()) {
            case "GET" ->
                send(exchange, present == null ? NOT_FOUND : OK, present == null ? JSON.createObjectNode() : present);
            case "POST" -> {
                if (present == null) {
                    send(exchange, CREATED, store(name, body(exchange), 1));
                } else {
                    send(exchange, CONFLICT, present);
                }
            }
            case "PUT" -> {
                ObjectNode wanted = body(exchange);
                String seen = wanted.at("/metadata/resourceVersion").asText();
                if (present != null
                        && present.at("/metadata/resourceVersion").asText().equals(seen)) {
                    send(exchange, OK, store(name, wanted, Integer.parseInt(seen) + 1));
                } else {
                    send(exchange, CONFLICT, JSON.createObjectNode());
                }
            }
            default -> send(exchange, NOT_FOUND, JSON.createObjectNode());
        }
    }

    private ObjectNode store(String name, ObjectNode lease, int version) {
        ((ObjectNode) lease.get("metadata")).put("resourceVersion", String.valueOf(version));
        leases.put(name, lease);
        return lease;
    }

    private static ObjectNode body(HttpExchange exchange) throws IOException {
        return (ObjectNode) JSON.readTree(exchange.getRequestBody());
    }

    private static void send(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private SSLContext tls() throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve("api.p12");
        keytool("-genkeypair", "-alias", "api", "-keyalg", "EC", "-dname", "CN=kubernetes", "-ext", "san=ip:127.0.0.1");
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "api",
                "-file",
                folder.resolve("ca.crt").toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", folder.resolve("api.p12").toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }
}
