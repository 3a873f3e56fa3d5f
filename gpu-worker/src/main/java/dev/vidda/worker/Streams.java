package dev.vidda.worker;

import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Lease;
import dev.vidda.protocol.LeaseChanges;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.TokenIds;
import dev.vidda.worker.engine.Engine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which gateway and which lease each request belongs to: puts a step's deltas into numbered frames for each gateway,
 * and remembers which leases began and ended. Thread-safe, so that an observer can end all streams of a worker whose thread
 * hangs; nothing goes out after that.
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
        /** Generated tokens that each open sample had by the last frame. */
        final Map<Integer, Integer> openSamples = new TreeMap<>();

        Stream(G gateway, Lease lease, GenerationRequest request) {
            this.gateway = gateway;
            this.lease = lease;
            Engine.openSamples(request)
                    .forEach(sample ->
                            openSamples.put(sample.choice(), sample.generated().size()));
        }

        void sent(TokenDelta delta) {
            if (delta.finish().isPresent()) {
                openSamples.remove(delta.choice());
            } else {
                openSamples.put(
                        delta.choice(), delta.firstIndex() + delta.tokens().size());
            }
        }
    }

    private final String workerId;
    private final Map<String, Stream<G>> streams = new LinkedHashMap<>();
    private final Map<G, Long> nextNumbers = new HashMap<>();
    private final List<Lease> started = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private boolean cut;

    Streams(String workerId) {
        this.workerId = workerId;
    }

    /** A request whose deltas go to {@code gateway} until all its samples have ended. */
    synchronized void open(GenerationRequest request, Lease lease, G gateway) {
        nextNumbers.putIfAbsent(gateway, 0L);
        streams.put(request.id(), new Stream<>(gateway, lease, request));
        started.add(lease);
    }

    /** Nothing more of this request goes to anyone. */
    synchronized void close(String requestId) {
        if (streams.remove(requestId) != null) {
            ended.add(requestId);
        }
    }

    /** Forgets a gateway that is gone, its frame numbers included, and gives the ids of its requests. */
    synchronized List<String> forget(G gateway) {
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
    synchronized List<Lease> held() {
        return streams.values().stream().map(stream -> stream.lease).toList();
    }

    /** The leases that began and ended since the last call. */
    synchronized LeaseChanges takeChanges() {
        LeaseChanges changes = new LeaseChanges(started, ended);
        started.clear();
        ended.clear();
        return changes;
    }

    /** Whether leases began or ended since {@link #takeChanges}. */
    synchronized boolean haveChanged() {
        return !started.isEmpty() || !ended.isEmpty();
    }

    /** One frame for each gateway that has a delta here, or several if one would be too large. Deltas of closed requests are dropped. */
    synchronized List<Outgoing<G>> frames(List<TokenDelta> deltas) {
        if (cut) {
            return List.of();
        }
        Map<G, List<TokenDelta>> byGateway = new LinkedHashMap<>();
        for (TokenDelta delta : deltas) {
            Stream<G> stream = streams.get(delta.requestId());
            if (stream != null) {
                byGateway
                        .computeIfAbsent(stream.gateway, gateway -> new ArrayList<>())
                        .add(delta);
                stream.sent(delta);
                if (stream.openSamples.isEmpty()) {
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
    synchronized Outgoing<G> frame(G gateway, List<TokenDelta> deltas) {
        long number = nextNumbers.merge(gateway, 1L, Long::sum) - 1;
        return new Outgoing<>(gateway, new TokenFrame(workerId, number, deltas));
    }

    /** The frame that ends all samples of a request that was never opened. */
    Outgoing<G> refusal(GenerationRequest request, G gateway, Finish end) {
        List<TokenDelta> deltas = Engine.openSamples(request)
                .limit(Engine.MOST_SAMPLES)
                .map(sample -> new TokenDelta(
                        request.id(),
                        sample.choice(),
                        sample.generated().size(),
                        TokenIds.EMPTY,
                        List.of(),
                        Optional.of(end)))
                .toList();
        return frame(gateway, deltas);
    }

    /** The last frames: every open sample fails with {@code message}. Nothing goes out after them. */
    synchronized List<Outgoing<G>> cut(String message) {
        Finish failed = new Finish(FinishReason.FAILED, -1, 0, 0, message);
        List<TokenDelta> deltas = new ArrayList<>();
        streams.forEach((id, stream) -> stream.openSamples.forEach((choice, sent) ->
                deltas.add(new TokenDelta(id, choice, sent, TokenIds.EMPTY, List.of(), Optional.of(failed)))));
        List<Outgoing<G>> last = frames(deltas);
        cut = true;
        return last;
    }

    /** Whether {@link #cut} was called. */
    synchronized boolean isCut() {
        return cut;
    }

    /** An empty frame for each gateway that was ever served. */
    synchronized List<Outgoing<G>> signsOfLife() {
        if (cut) {
            return List.of();
        }
        List<Outgoing<G>> signs = new ArrayList<>();
        nextNumbers.forEach(
                (gateway, number) -> signs.add(new Outgoing<>(gateway, new TokenFrame(workerId, number, List.of()))));
        return signs;
    }
}
