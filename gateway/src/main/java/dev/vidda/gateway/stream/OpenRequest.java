package dev.vidda.gateway.stream;

import akka.actor.typed.ActorRef;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.WorkerCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hub's notes on a request it has not seen the end of.
 *
 * <p>Each time it moves to another worker it gets another id for schedulers and workers, so that nothing which is still
 * said of an earlier attempt is taken for news of this one.
 */
final class OpenRequest {
    /** Between the request's own id and the number of the attempt. */
    private static final char ATTEMPT = '~';

    private final AdmissionRequest admission;
    private final GenerationRequest generation;
    final RequestListener listener;
    private final SampleTokens tokens;
    private final List<String> avoidedWorkers = new ArrayList<>();
    private @Nullable ActorRef<WorkerCommand> worker;
    private String workerId = "";
    private boolean answered;
    private boolean everStarted;
    private final long arrivedAt;
    private long askedAt;
    private long startedAt;
    private long stoppedAt;
    private boolean refused;
    private int attempt;
    private int failures;

    /** @param now the hub's time, in ticks */
    OpenRequest(AdmissionRequest admission, GenerationRequest generation, RequestListener listener, long now) {
        this.admission = admission;
        this.generation = generation;
        this.listener = listener;
        this.arrivedAt = now;
        this.askedAt = now;
        this.tokens = new SampleTokens(generation.samples());
    }

    /** The request's own id. */
    String id() {
        return generation.id();
    }

    /** The id under which schedulers and workers know the present attempt. */
    String attemptId() {
        return attempt == 0 ? id() : id() + ATTEMPT + attempt;
    }

    /** The request's own id in that of an attempt. */
    static String ownId(String attemptId) {
        int end = attemptId.lastIndexOf(ATTEMPT);
        return end < 0 ? attemptId : attemptId.substring(0, end);
    }

    /** What the scheduler is asked: what is left of the request. */
    AdmissionRequest admission() {
        if (attempt == 0) {
            return admission;
        }
        Patience patience = admission.patience();
        // Samples share their prompt only; one alone has its tokens as if they were prompt.
        int known = generation.samples() == 1 ? tokens.longest() : 0;
        return new AdmissionRequest(
                attemptId(),
                admission.model(),
                admission.promptTokens() + known,
                Math.max(1, admission.maxNewTokens() - known),
                tokens.open(),
                admission.tenant(),
                admission.serviceClass(),
                admission.guaranteed(),
                // It was admitted once: its first token came, or is late whatever is done.
                new Patience(patience.arrivedAtMillis(), 0, 0, patience.itlTargetMillis()),
                avoidedWorkers,
                admission.prefixHashes(),
                admission.trace());
    }

    /** What the worker is told: what is left of the request. */
    GenerationRequest generation() {
        return attempt == 0
                ? generation
                : new GenerationRequest(
                        attemptId(),
                        generation.prompt(),
                        generation.samples(),
                        generation.sampling(),
                        generation.cacheSalt(),
                        tokens.rest(),
                        generation.constraint(),
                        generation.trace());
    }

    /** The worker that runs it; absent while it waits for room. */
    Optional<ActorRef<WorkerCommand>> worker() {
        return Optional.ofNullable(worker);
    }

    String workerId() {
        return workerId;
    }

    void startedOn(ActorRef<WorkerCommand> newWorker, String newWorkerId, long now) {
        answered = true;
        startedAt = now;
        everStarted = true;
        worker = newWorker;
        workerId = newWorkerId;
    }

    /** When its worker was told to start it, in ticks. */
    long startedAt() {
        return startedAt;
    }

    /** Whether it runs or ran before. */
    boolean wasStarted() {
        return everStarted;
    }

    void queued() {
        answered = true;
    }

    /** The scheduler is asked, again if it was before. */
    void asked(long now) {
        answered = false;
        refused = false;
        askedAt = now;
    }

    /** The scheduler refused it, but may think better of it soon. */
    void refusedForNow(long now) {
        answered = true;
        refused = true;
        askedAt = now;
    }

    /** Whether it waits for a better moment to ask. */
    boolean isRefusedForNow() {
        return refused;
    }

    /** Ticks without any answer of the scheduler. */
    long unanswered(long now) {
        return answered ? 0 : now - askedAt;
    }

    /** Ticks since the scheduler was asked last, or refused. */
    long sinceAsked(long now) {
        return now - askedAt;
    }

    /** Ticks since it came. */
    long age(long now) {
        return now - arrivedAt;
    }

    /** Ticks since its worker stopped. */
    long standing(long now) {
        return now - stoppedAt;
    }

    /** Its worker does not go on with it: it waits for another one. */
    void moveOn(boolean failure, boolean avoid, long now) {
        if (avoid && !avoidedWorkers.contains(workerId)) {
            avoidedWorkers.add(workerId);
        }
        failures += failure ? 1 : 0;
        attempt++;
        worker = null;
        workerId = "";
        stoppedAt = now;
    }

    /** Workers that failed it. */
    int failures() {
        return failures;
    }

    int tokensSoFar() {
        return tokens.longest();
    }

    /** Takes a delta; returns what is wrong with it. */
    Optional<String> accept(TokenDelta delta) {
        return tokens.accept(delta);
    }

    boolean isFinished() {
        return tokens.allFinished();
    }

    /** What the scheduler learns from: see {@code Release}. A request that moved teaches nothing. */
    int learnableLength() {
        return attempt == 0 ? tokens.naturalLength() : -1;
    }
}
