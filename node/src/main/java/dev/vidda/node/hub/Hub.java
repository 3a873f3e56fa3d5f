package dev.vidda.node.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Hugging Face-compatible hub of models. */
public final class Hub {
    private final HubConnection connection;

    /**
     * @param endpoint such as {@code https://huggingface.co}
     * @param token for private and gated repositories
     * @param timeout for connecting, and for silence in the middle of an answer
     */
    public Hub(URI endpoint, Optional<String> token, Duration timeout) {
        this.connection = new HubConnection(endpoint, token, timeout);
    }

    /**
     * The files of {@code repository}.
     *
     * @throws HubException if it does not exist, is not accessible, or the answer makes no sense
     */
    public HubListing list(HubRepository repository) throws IOException {
        String path = "/api/models/" + repository.id() + "/revision/" + encode(repository.revision()) + "?blobs=true";
        HttpURLConnection answer = connection.get(path, Map.of("Accept", "application/json"));
        check(answer, repository.toString(), repository);
        try (InputStream in = answer.getInputStream()) {
            return listing(new ObjectMapper().readTree(in), repository);
        } catch (JsonProcessingException e) {
            throw new HubException(connection.endpoint() + " answered with something that is not JSON: is it a hub?");
        }
    }

    /**
     * Starts to download a file.
     *
     * @param headers more request headers, such as {@code Range}
     * @return an answer with status 200, 206 or 416
     * @throws HubException if the file does not exist or is not accessible
     * @throws IOException if another try may help
     */
    HttpURLConnection open(HubRepository repository, String commit, HubFile file, Map<String, String> headers)
            throws IOException {
        StringBuilder path = new StringBuilder("/" + repository.id() + "/resolve/" + encode(commit));
        for (String segment : file.path().split("/", -1)) {
            path.append('/').append(encode(segment));
        }
        HttpURLConnection answer = connection.get(path.toString(), headers);
        if (answer.getResponseCode() != 416) {
            check(answer, file.path() + " of " + repository, repository);
        }
        return answer;
    }

    private HubListing listing(JsonNode root, HubRepository repository) throws HubException {
        if (!root.path("siblings").isArray()) {
            throw new HubException(connection.endpoint() + " gives no list of files for " + repository);
        }
        List<HubFile> files = new ArrayList<>();
        for (JsonNode sibling : root.path("siblings")) {
            JsonNode lfs = sibling.path("lfs");
            long size = lfs.path("size").asLong(sibling.path("size").asLong(-1));
            files.add(new HubFile(sibling.path("rfilename").asText(), size, checksum(sibling, lfs)));
        }
        return new HubListing(root.path("sha").asText(repository.revision()), files);
    }

    private static Checksum checksum(JsonNode sibling, JsonNode lfs) {
        if (lfs.path("sha256").isTextual()) {
            return new Checksum.Sha256(lfs.path("sha256").asText());
        }
        return sibling.path("blobId").isTextual() && !lfs.isObject()
                ? new Checksum.GitBlob(sibling.path("blobId").asText())
                : new Checksum.Unknown();
    }

    private void check(HttpURLConnection answer, String what, HubRepository repository) throws IOException {
        int status = answer.getResponseCode();
        if (status / 100 == 2) {
            return;
        }
        String code = Optional.ofNullable(answer.getHeaderField("X-Error-Code")).orElse("");
        answer.disconnect();
        URI endpoint = connection.endpoint();
        if (status == 429 || status >= 500) {
            throw new IOException(endpoint.getHost() + " answered " + status + " for " + what);
        }
        throw new HubException(
                switch (status) {
                    case 401 ->
                        connection.hasToken()
                                ? what + ": HTTP 401, the hub does not accept the token in HF_TOKEN"
                                : what + ": HTTP 401, it does not exist or is not public; set HF_TOKEN to a token of "
                                        + "someone who may read it";
                    case 403 ->
                        what + ": HTTP 403, access must be granted first: accept its terms at " + endpoint + "/"
                                + repository.id()
                                + (connection.hasToken() ? "" : " and set HF_TOKEN");
                    case 404 ->
                        what + ": HTTP 404, "
                                + switch (code) {
                                    case "RepoNotFound" -> "there is no such repository on " + endpoint;
                                    case "RevisionNotFound" -> "the repository has no such revision";
                                    case "EntryNotFound" -> "the repository has no such file";
                                    default -> "not found on " + endpoint;
                                };
                    default -> what + ": the hub answered HTTP " + status;
                });
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
