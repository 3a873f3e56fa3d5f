package dev.vidda.node.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Sends GET requests to a hub, and follows its redirects to where the files are. */
final class HubConnection {
    private static final int MAX_REDIRECTS = 8;

    private final URI endpoint;
    private final Optional<String> token;
    private final int timeoutMillis;

    /**
     * @param token shown to {@code endpoint}'s own host and to nobody else
     * @param timeout for connecting, and for silence in the middle of an answer
     */
    HubConnection(URI endpoint, Optional<String> token, Duration timeout) {
        String scheme = endpoint.getScheme();
        if (endpoint.getHost() == null || !("https".equals(scheme) || "http".equals(scheme))) {
            throw new IllegalArgumentException("the hub's address '" + endpoint + "' is not an http or https URL");
        }
        this.endpoint = endpoint;
        this.token = token;
        this.timeoutMillis = Math.toIntExact(timeout.toMillis());
    }

    URI endpoint() {
        return endpoint;
    }

    boolean hasToken() {
        return token.isPresent();
    }

    /**
     * The answer to GET {@code pathAndQuery} of the hub, redirects followed.
     *
     * @throws HubException if the redirects are wrong
     * @throws IOException with a message for people if the host cannot be reached
     */
    HttpURLConnection get(String pathAndQuery, Map<String, String> headers) throws IOException {
        String base = endpoint.toString();
        URI uri = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + pathAndQuery);
        boolean trusted = true;
        for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
            trusted = trusted && isHub(uri);
            HttpURLConnection answer = send(uri, headers, trusted);
            String location = answer.getHeaderField("Location");
            if (answer.getResponseCode() / 100 != 3 || location == null) {
                return answer;
            }
            answer.disconnect();
            URI next = target(uri, location);
            if ("https".equals(uri.getScheme()) && !"https".equals(next.getScheme())) {
                throw new HubException(
                        "the hub redirects from https to " + next.getScheme() + " at " + next.getHost() + "; refused");
            }
            uri = next;
        }
        throw new HubException("more than " + MAX_REDIRECTS + " redirects for " + pathAndQuery);
    }

    private HttpURLConnection send(URI uri, Map<String, String> headers, boolean trusted) throws IOException {
        if (!(uri.toURL().openConnection() instanceof HttpURLConnection request)) {
            throw new HubException("not an http or https address: " + uri);
        }
        request.setInstanceFollowRedirects(false);
        request.setConnectTimeout(timeoutMillis);
        request.setReadTimeout(timeoutMillis);
        request.setRequestProperty("User-Agent", "vidda");
        request.setRequestProperty("Accept-Encoding", "identity");
        headers.forEach(request::setRequestProperty);
        if (trusted) {
            token.ifPresent(secret -> request.setRequestProperty("Authorization", "Bearer " + secret));
        }
        try {
            request.getResponseCode();
            return request;
        } catch (UnknownHostException e) {
            throw new IOException("no address known for " + uri.getHost() + ": is there a network?", e);
        } catch (ConnectException | NoRouteToHostException e) {
            throw new IOException("cannot connect to " + uri.getAuthority() + ": " + e.getMessage(), e);
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer from " + uri.getAuthority() + " in " + timeoutMillis / 1000 + " s", e);
        } catch (SSLException e) {
            throw new IOException("no secure connection to " + uri.getAuthority() + ": " + e.getMessage(), e);
        }
    }

    private boolean isHub(URI uri) {
        return endpoint.getHost().equalsIgnoreCase(uri.getHost())
                && endpoint.getPort() == uri.getPort()
                && endpoint.getScheme().equals(uri.getScheme());
    }

    private static URI target(URI from, String location) throws HubException {
        try {
            URI target = from.resolve(new URI(location));
            if (target.getHost() != null
                    && target.getScheme() != null
                    && target.getScheme().startsWith("http")) {
                return target;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // Falls through to the same refusal.
        }
        throw new HubException("the hub redirects to an address that is none: " + location);
    }
}
