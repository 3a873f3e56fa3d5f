package dev.vidda.gateway.http;

import akka.Done;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The open connections, so that a shutdown can close each of them between two requests. Thread-safe. */
final class Connections {
    private final Set<Runnable> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Done> none = new CompletableFuture<>();
    private volatile boolean draining;

    /** Adds a connection by what closes it as soon as no request is under way. */
    void opened(Runnable close) {
        open.add(close);
        if (draining) {
            close.run();
        }
    }

    void closed(Runnable close) {
        open.remove(close);
        completeIfNone();
    }

    /** Whether connections end with the response they are at. */
    boolean isDraining() {
        return draining;
    }

    /** Closes each connection when no request is under way on it. */
    void drain() {
        draining = true;
        open.forEach(Runnable::run);
        completeIfNone();
    }

    /** Done when no connection is left after {@link #drain}. */
    CompletionStage<Done> none() {
        return none;
    }

    private void completeIfNone() {
        if (draining && open.isEmpty()) {
            none.complete(Done.getInstance());
        }
    }
}
