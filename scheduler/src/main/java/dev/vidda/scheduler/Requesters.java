package dev.vidda.scheduler;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.AdmissionReply;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who asked for which request: where replies go, and what is left behind when an asker dies. */
final class Requesters {
    private final Map<String, ActorRef<AdmissionReply>> byRequest = new HashMap<>();
    private final Map<ActorRef<AdmissionReply>, Set<String>> requests = new HashMap<>();

    /** Whether this is the first request of {@code requester}. A request that another asked for changes hands. */
    boolean add(String requestId, ActorRef<AdmissionReply> requester) {
        byRequest.put(requestId, requester);
        boolean isNew = !requests.containsKey(requester);
        requests.computeIfAbsent(requester, any -> new LinkedHashSet<>()).add(requestId);
        return isNew;
    }

    Optional<ActorRef<AdmissionReply>> of(String requestId) {
        return Optional.ofNullable(byRequest.get(requestId));
    }

    /** Forgets a request: who asked for it, if that was their last one. */
    Optional<ActorRef<AdmissionReply>> remove(String requestId) {
        ActorRef<AdmissionReply> requester = byRequest.remove(requestId);
        Set<String> own = requester == null ? null : requests.get(requester);
        if (requester == null || own == null) {
            return Optional.empty();
        }
        own.remove(requestId);
        if (!own.isEmpty()) {
            return Optional.empty();
        }
        requests.remove(requester);
        return Optional.of(requester);
    }

    /** The requests that {@code requester} asked for, in that order. */
    List<String> requestsOf(ActorRef<?> requester) {
        return List.copyOf(requests.getOrDefault(requester, Set.of()));
    }
}
