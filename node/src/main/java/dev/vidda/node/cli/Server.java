package dev.vidda.node.cli;

import dev.vidda.node.Node;
import dev.vidda.node.NodeException;
import dev.vidda.node.NodeListener;
import dev.vidda.node.NodeReady;
import dev.vidda.node.NodeSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A node of this process: its loading is shown, and it ends when it fails or when it is asked to. */
final class Server {
    /** Beyond the time that running answers get to finish. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(15);

    private final CompletableFuture<NodeReady> ready = new CompletableFuture<>();
    private final CompletableFuture<Optional<NodeException>> end = new CompletableFuture<>();
    private final NodeSettings settings;
    private final PrintWriter err;
    private @Nullable Node node;

    /** @param err where progress goes */
    Server(NodeSettings settings, PrintWriter err) {
        this.settings = settings;
        this.err = err;
    }

    /** Begins to start the node; does not wait. */
    void start() {
        node = Node.start(settings, new Listener("loading " + settings.model().name(), err, Terminal.current()));
    }

    /**
     * Waits until the node serves; empty when it was asked to stop before.
     *
     * @throws CommandFailure if it cannot serve
     */
    Optional<NodeReady> awaitReady() {
        CompletableFuture.anyOf(ready, end).join();
        if (ready.isDone()) {
            return Optional.of(ready.join());
        }
        throwFailure();
        return Optional.empty();
    }

    /**
     * Waits until the node is asked to stop, by a signal or {@link #requestStop}.
     *
     * @throws CommandFailure if it failed
     */
    void awaitStopRequest() {
        end.join();
        throwFailure();
    }

    /** From any thread; does not wait. */
    void requestStop() {
        end.complete(Optional.empty());
    }

    /** Stops the node: running answers may finish, within the time that the settings give them. */
    void stop() throws InterruptedException {
        if (node == null) {
            return;
        }
        Duration stopTimeout = settings.timeToEnd().plus(STOP_MARGIN);
        try {
            node.stop().toCompletableFuture().get(stopTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure("the node did not stop within " + stopTimeout.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new CommandFailure("the node did not stop cleanly: " + e.getCause(), e);
        }
    }

    private void throwFailure() {
        end.join().ifPresent(reason -> {
            throw new CommandFailure(String.valueOf(reason.getMessage()), reason);
        });
    }

    private final class Listener implements NodeListener {
        private final String label;
        private final PrintWriter err;
        private final Terminal terminal;
        private @Nullable ProgressBar bar;

        Listener(String label, PrintWriter err, Terminal terminal) {
            this.label = label;
            this.err = err;
            this.terminal = terminal;
        }

        @Override
        public synchronized void loading(long doneBytes, long totalBytes) {
            if (bar == null) {
                bar = new ProgressBar(label, totalBytes, err, terminal);
            }
            bar.moveTo(doneBytes);
        }

        @Override
        public void ready(NodeReady state) {
            closeBar();
            ready.complete(state);
        }

        @Override
        public void failed(NodeException reason) {
            closeBar();
            end.complete(Optional.of(reason));
        }

        private synchronized void closeBar() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }
}
