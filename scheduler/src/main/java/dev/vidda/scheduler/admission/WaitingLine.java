package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The requests of one model that wait for room, in order of arrival: bounded by their number and by their blocks. */
final class WaitingLine {
    private int mostRequests;
    private double mostPools;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private long blocks;

    /**
     * @param mostRequests that may wait
     * @param mostPools bounds the blocks that waiting requests need together: so many times those of the model's pools
     */
    WaitingLine(int mostRequests, double mostPools) {
        this.mostRequests = mostRequests;
        this.mostPools = mostPools;
    }

    /** Who waits already stays. */
    void change(int requests, double pools) {
        mostRequests = requests;
        mostPools = pools;
    }

    /** Whether a request that needs {@code needed} blocks may join while the model's pools have {@code poolBlocks}. */
    boolean hasRoomFor(int needed, long poolBlocks) {
        return places.size() < mostRequests && blocks + needed <= mostBlocks(poolBlocks);
    }

    long mostBlocks(long poolBlocks) {
        return (long) (mostPools * poolBlocks);
    }

    int mostRequests() {
        return mostRequests;
    }

    /**
     * Puts a request at the end.
     *
     * @return requests in front of it
     * @throws IllegalStateException if it waits already
     */
    int join(AdmissionRequest request, int needed) {
        int position = places.size();
        Place place = new Place(request, needed, position);
        if (places.putIfAbsent(request.id(), place) != null) {
            throw new IllegalStateException(request.id() + " waits already");
        }
        blocks += needed;
        return position;
    }

    Optional<AdmissionRequest> head() {
        return places.values().stream().findFirst().map(place -> place.request);
    }

    Optional<AdmissionRequest> find(String requestId) {
        return Optional.ofNullable(places.get(requestId)).map(place -> place.request);
    }

    /** Requests in front of one that waits. */
    int position(String requestId) {
        int position = 0;
        for (String id : places.keySet()) {
            if (id.equals(requestId)) {
                return position;
            }
            position++;
        }
        throw new IllegalStateException(requestId + " does not wait");
    }

    /** Whether the request waited; it does no longer. */
    boolean leave(String requestId) {
        Place place = places.remove(requestId);
        if (place != null) {
            blocks -= place.blocks;
        }
        return place != null;
    }

    /** Removes the requests that {@code hopeless} names, and returns them in their order. */
    List<AdmissionRequest> leaveIf(Predicate<AdmissionRequest> hopeless) {
        List<AdmissionRequest> left = new ArrayList<>();
        for (Iterator<Place> each = places.values().iterator(); each.hasNext(); ) {
            Place place = each.next();
            if (hopeless.test(place.request)) {
                each.remove();
                blocks -= place.blocks;
                left.add(place.request);
            }
        }
        return left;
    }

    /**
     * The new positions of those whose clients want to know: who has come to the front, or has at most half as many in
     * front as when last told. So a request is told of a way of n places in about log2(n) messages.
     */
    List<Decision.Waits> positionsWorthTelling() {
        List<Decision.Waits> worth = new ArrayList<>();
        int position = 0;
        for (Place place : places.values()) {
            if (position <= place.told / 2 && position != place.told) {
                place.told = position;
                worth.add(new Decision.Waits(place.request.id(), position));
            }
            position++;
        }
        return worth;
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    int size() {
        return places.size();
    }

    /** Blocks that the waiting requests need together. */
    long blocks() {
        return blocks;
    }

    /** @throws IllegalStateException if the count of blocks is wrong; for tests */
    void checkIntegrity() {
        long sum = places.values().stream().mapToLong(place -> place.blocks).sum();
        if (sum != blocks) {
            throw new IllegalStateException(
                    "%d requests of %d blocks wait, %d blocks counted".formatted(places.size(), sum, blocks));
        }
    }

    private static final class Place {
        private final AdmissionRequest request;
        private final int blocks;
        private int told;

        private Place(AdmissionRequest request, int blocks, int told) {
            this.request = request;
            this.blocks = blocks;
            this.told = told;
        }
    }
}
