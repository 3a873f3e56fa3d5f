package dev.vidda.node;

import dev.vidda.node.bootstrap.Health;

/** Keeps a node's {@link Health} while another listener hears how it goes on. */
record HealthListener(NodeListener next, Health health) implements NodeListener {
    @Override
    public void loading(long doneBytes, long totalBytes) {
        next.loading(doneBytes, totalBytes);
    }

    @Override
    public void ready(NodeReady state) {
        health.become(Health.State.READY);
        next.ready(state);
    }

    @Override
    public void failed(NodeException reason) {
        health.become(Health.State.FAILED);
        next.failed(reason);
    }
}
