package dev.vidda.worker;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which gateway and which lease each request belongs to: puts a step's deltas into numbered frames for each gateway,
 * and remembers which leases began and ended. Not thread-safe but for {@link #signsOfLife}.
 *
 * @param <G> a gateway's address
 */
final class Streams<G> {
    /** Keeps a frame well below what one message between nodes may have, log probabilities included. */
    private static final int MOST_FRAME_WEIGHT = 4096;

    private static final int DELTA_WEIGHT = 8;

    /** A frame and where it goes. */
    record Outgoing<G>(G gateway, TokenFrame frame) {}

    private static final class Stream<G> {
        final G gateway;
        final Lease lease;
        int openSamples;

        Stream(G gateway, Lease lease, int samples) {
            this.gateway = gateway;
            this.lease = lease;
            openSamples = samples;
        }
    }

    private final String workerId;
    private final Map<String, Stream<G>> streams = new LinkedHashMap<>();
    private final Map<G, Long> nextNumbers = new ConcurrentHashMap<>();
    private final List<Lease> started = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    Streams(String workerId) {
        this.workerId = workerId;
    }

    /** A request whose deltas go to {@code gateway} until all its samples have ended. */
    void open(GenerationRequest request, Lease lease, G gateway) {
        nextNumbers.putIfAbsent(gateway, 0L);
        streams.put(request.id(), new Stream<>(gateway, lease, request.openSamples()));
        started.add(lease);
    }

    /** Nothing more of this request goes to anyone. */
    void close(String requestId) {
        if (streams.remove(requestId) != null) {
            ended.add(requestId);
        }
    }

    /** Forgets a gateway that is gone, its frame numbers included, and gives the ids of its requests. */
    List<String> forget(G gateway) {
        nextNumbers.remove(gateway);
        List<String> orphans = new ArrayList<>();
        streams.forEach((id, stream) -> {
            if (stream.gateway.equals(gateway)) {
                orphans.add(id);
            }
        });
        orphans.forEach(this::close);
        return orphans;
    }

    /** The leases of all requests that are open. */
    List<Lease> held() {
        return streams.values().stream().map(stream -> stream.lease).toList();
    }

    /** The leases that began and ended since the last call. */
    LeaseChanges takeChanges() {
        LeaseChanges changes = new LeaseChanges(started, ended);
        started.clear();
        ended.clear();
        return changes;
    }

    /** Whether leases began or ended since {@link #takeChanges}. */
    boolean haveChanged() {
        return !started.isEmpty() || !ended.isEmpty();
    }

    /** One frame for each gateway that has a delta here, or several if one would be too large. Deltas of closed requests are dropped. */
    List<Outgoing<G>> frames(List<TokenDelta> deltas) {
        Map<G, List<TokenDelta>> byGateway = new LinkedHashMap<>();
        for (TokenDelta delta : deltas) {
            Stream<G> stream = streams.get(delta.requestId());
            if (stream != null) {
                byGateway
                        .computeIfAbsent(stream.gateway, gateway -> new ArrayList<>())
                        .add(delta);
                if (delta.finish().isPresent() && --stream.openSamples == 0) {
                    close(delta.requestId());
                }
            }
        }
        List<Outgoing<G>> frames = new ArrayList<>(byGateway.size());
        byGateway.forEach((gateway, own) -> addFrames(frames, gateway, own));
        return frames;
    }

    private void addFrames(List<Outgoing<G>> frames, G gateway, List<TokenDelta> deltas) {
        int from = 0;
        int weight = 0;
        for (int i = 0; i < deltas.size(); i++) {
            int next = weight(deltas.get(i));
            if (i > from && weight + next > MOST_FRAME_WEIGHT) {
                frames.add(frame(gateway, deltas.subList(from, i)));
                from = i;
                weight = 0;
            }
            weight += next;
        }
        frames.add(frame(gateway, deltas.subList(from, deltas.size())));
    }

    private static int weight(TokenDelta delta) {
        int topTokens = delta.logprobs().stream()
                .mapToInt(each -> each.topTokens().size())
                .sum();
        return DELTA_WEIGHT + delta.tokens().size() + topTokens;
    }

    /** The next frame to one gateway, whichever requests it is about. */
    Outgoing<G> frame(G gateway, List<TokenDelta> deltas) {
        long number = nextNumbers.merge(gateway, 1L, Long::sum) - 1;
        return new Outgoing<>(gateway, new TokenFrame(workerId, number, deltas));
    }

    /** An empty frame for each gateway that was ever served. May be called by any thread. */
    List<Outgoing<G>> signsOfLife() {
        List<Outgoing<G>> signs = new ArrayList<>();
        nextNumbers.forEach(
                (gateway, number) -> signs.add(new Outgoing<>(gateway, new TokenFrame(workerId, number, List.of()))));
        return signs;
    }
}
