package dev.vidda.worker;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which gateway each request belongs to: puts a step's deltas into one numbered frame for each gateway.
 *
 * @param <G> a gateway's address
 */
final class Streams<G> {
    /** A frame and where it goes. */
    record Outgoing<G>(G gateway, TokenFrame frame) {}

    private static final class Stream<G> {
        final G gateway;
        int openSamples;

        Stream(G gateway, int samples) {
            this.gateway = gateway;
            openSamples = samples;
        }
    }

    private final String workerId;
    private final Map<String, Stream<G>> streams = new HashMap<>();
    private final Map<G, Long> nextNumbers = new HashMap<>();

    Streams(String workerId) {
        this.workerId = workerId;
    }

    /** A request whose deltas go to {@code gateway} until all its samples have ended. */
    void open(GenerationRequest request, G gateway) {
        streams.put(request.id(), new Stream<>(gateway, request.samples()));
    }

    /** Nothing more of this request goes to anyone. */
    void close(String requestId) {
        streams.remove(requestId);
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
        orphans.forEach(streams::remove);
        return orphans;
    }

    /** One frame for each gateway that has a delta here. Deltas of closed requests are dropped. */
    List<Outgoing<G>> frames(List<TokenDelta> deltas) {
        Map<G, List<TokenDelta>> byGateway = new LinkedHashMap<>();
        for (TokenDelta delta : deltas) {
            Stream<G> stream = streams.get(delta.requestId());
            if (stream != null) {
                byGateway
                        .computeIfAbsent(stream.gateway, gateway -> new ArrayList<>())
                        .add(delta);
                if (delta.finish().isPresent() && --stream.openSamples == 0) {
                    streams.remove(delta.requestId());
                }
            }
        }
        List<Outgoing<G>> frames = new ArrayList<>(byGateway.size());
        byGateway.forEach((gateway, own) -> frames.add(frame(gateway, own)));
        return frames;
    }

    /** The next frame to one gateway, whichever requests it is about. */
    Outgoing<G> frame(G gateway, List<TokenDelta> deltas) {
        long number = nextNumbers.merge(gateway, 1L, Long::sum) - 1;
        return new Outgoing<>(gateway, new TokenFrame(workerId, number, deltas));
    }
}
