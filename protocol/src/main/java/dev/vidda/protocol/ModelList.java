package dev.vidda.protocol;

import java.util.List;

/** The cards of all workers that serve. */
public record ModelList(List<WorkerCard> workers) implements Wire {
    public ModelList {
        workers = List.copyOf(workers);
    }
}
