package dev.vidda.gateway.http;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.openai.ApiException;
import dev.vidda.gateway.openai.ServedModel;
import dev.vidda.protocol.WorkerCard;
import dev.vidda.protocol.kv.KvCost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The models this gateway can serve: those whose text side is loaded here and that have a worker, as far as the
 * scheduler last said. Workers are remembered for a while after the last one of a model is gone: a scheduler that has just
 * taken over does not know them yet, and requests can wait for that. Thread-safe.
 */
public final class ServedModels {
    private static final long RETRY_AFTER_SECONDS = 2;

    private final Set<String> expected;
    private final Duration memory;
    private volatile State state = new State(Map.of(), Map.of(), false);

    /**
     * What is known at one moment.
     *
     * @param workers of each model, none of them empty
     * @param schedulerAnswers whether the scheduler has been heard of lately
     */
    private record State(Map<String, ServedModel> models, Map<String, Workers> workers, boolean schedulerAnswers) {}

    /**
     * The workers of a model.
     *
     * @param missingFor how long none of them has been there; zero while one is
     */
    private record Workers(List<WorkerCard> cards, boolean present, Duration missingFor) {
        Workers missing() {
            return new Workers(cards, false, missingFor);
        }
    }

    /** A model and the workers that run it, at least one. */
    public record Target(ServedModel model, List<WorkerCard> workers) {
        /** The most prompt and generated tokens of one sequence. */
        int longestContext() {
            return workers.stream().mapToInt(WorkerCard::maxModelLength).max().orElse(0);
        }

        /** The same, as far as an empty KV pool has room for it. */
        int longestFit() {
            return workers.stream()
                    .mapToInt(worker -> (int) Math.min(
                            worker.maxModelLength(), KvCost.longestContext(worker.kvShape(), worker.kvBlocks())))
                    .max()
                    .orElse(0);
        }
    }

    /**
     * Knows of no worker yet.
     *
     * @param expected ids of models that will be served once they are loaded
     * @param memory for workers that are gone
     */
    public ServedModels(Set<String> expected, Duration memory) {
        this.expected = Set.copyOf(expected);
        this.memory = memory;
    }

    /** Adds or replaces a model. */
    public synchronized void serve(ServedModel model) {
        Map<String, ServedModel> models = new TreeMap<>(state.models());
        models.put(model.id(), model);
        state = new State(models, state.workers(), state.schedulerAnswers());
    }

    /** The workers that the scheduler knows. */
    synchronized void workers(List<WorkerCard> workers) {
        Map<String, Workers> known = missing(state.workers());
        workers.stream()
                .collect(Collectors.groupingBy(WorkerCard::model))
                .forEach((model, cards) -> known.put(model, new Workers(List.copyOf(cards), true, Duration.ZERO)));
        remember(known, true);
    }

    /** The scheduler does not answer, so its workers cannot be reached. */
    synchronized void schedulerSilent() {
        remember(missing(state.workers()), false);
    }

    /** So much time has passed. */
    synchronized void passed(Duration time) {
        Map<String, Workers> known = new TreeMap<>(state.workers());
        known.replaceAll((model, workers) -> workers.present()
                ? workers
                : new Workers(workers.cards(), false, workers.missingFor().plus(time)));
        remember(known, state.schedulerAnswers());
    }

    private void remember(Map<String, Workers> known, boolean schedulerAnswers) {
        known.values()
                .removeIf(workers -> !workers.present() && workers.missingFor().compareTo(memory) >= 0);
        state = new State(state.models(), known, schedulerAnswers);
    }

    private static Map<String, Workers> missing(Map<String, Workers> workers) {
        Map<String, Workers> missing = new TreeMap<>(workers);
        missing.replaceAll((model, each) -> each.missing());
        return missing;
    }

    /** The models that can be served, in order of their ids. */
    public List<Target> serving() {
        State now = state;
        return now.models().values().stream()
                .map(model -> new Target(model, workersOf(now, model.id())))
                .filter(target -> !target.workers().isEmpty())
                .toList();
    }

    /**
     * The model a request asks for; one that names none gets the only one there is.
     *
     * @throws ApiException with 404 for an unknown model, and with 503 for one that cannot be served at the moment
     */
    Target find(Optional<String> name) {
        State now = state;
        String id = name.orElseGet(() -> only(now));
        ServedModel model = now.models().get(id);
        if (model == null) {
            boolean loading =
                    expected.contains(id) || (expected.isEmpty() && now.models().isEmpty());
            throw new ApiException(
                    loading
                            ? ApiError.unavailable(
                                    "loading", "The model '" + id + "' is being loaded.", RETRY_AFTER_SECONDS)
                            : ApiError.modelNotFound(id, now.models().keySet()));
        }
        List<WorkerCard> workers = workersOf(now, id);
        if (workers.isEmpty()) {
            throw new ApiException(ApiError.unavailable("no_capacity", reason(now), RETRY_AFTER_SECONDS));
        }
        return new Target(model, workers);
    }

    /** Why nothing can be served at this moment; absent if something can. */
    Optional<String> obstacle() {
        State now = state;
        boolean serves = now.models().keySet().stream()
                .anyMatch(id ->
                        now.workers().containsKey(id) && now.workers().get(id).present());
        return serves ? Optional.empty() : Optional.of(reason(now));
    }

    private String only(State now) {
        if (now.models().size() == 1) {
            return now.models().keySet().iterator().next();
        }
        if (now.models().isEmpty()) {
            throw new ApiException(
                    ApiError.unavailable("loading", "No model has been loaded yet.", RETRY_AFTER_SECONDS));
        }
        throw new ApiException(ApiError.invalid(
                "model",
                "'model' is required, as several are served: "
                        + String.join(", ", now.models().keySet()) + "."));
    }

    private static String reason(State now) {
        if (now.models().isEmpty()) {
            return "No model has been loaded yet.";
        }
        return now.schedulerAnswers() ? "No worker serves the model." : "The scheduler does not answer.";
    }

    private static List<WorkerCard> workersOf(State now, String model) {
        Workers workers = now.workers().get(model);
        return workers == null ? List.of() : workers.cards();
    }
}
