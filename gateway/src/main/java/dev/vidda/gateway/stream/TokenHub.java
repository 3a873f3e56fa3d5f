package dev.vidda.gateway.stream;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Admits the gateway's requests and routes their tokens: one actor for each gateway. Whatever ends a request (its last
 * token, a client that left, a worker that died, tokens that were lost), its lease goes back exactly once, and a worker
 * that still runs it is told to stop.
 */
public final class TokenHub extends AbstractOnMessageBehavior<TokenHub.Command> {
    /** What the hub is told. */
    public sealed interface Command {}

    /** Runs a request. */
    record Submit(AdmissionRequest admission, GenerationRequest generation, RequestListener listener)
            implements Command {}

    /** Nobody waits for the request any more. Means nothing for one that has ended. */
    record Abandon(String requestId) implements Command {}

    /** Asks how many requests have not ended. */
    public record CountRequests(ActorRef<Integer> replyTo) implements Command {}

    /** Asks for an answer when the last request has ended. */
    public record AwaitIdle(ActorRef<Done> replyTo) implements Command {}

    /** Ends all requests with an error. */
    public record FailAll(ApiError error) implements Command {}

    private record Answered(AdmissionReply reply) implements Command {}

    private record Arrived(TokenFrame frame) implements Command {}

    private record WorkerLost(ActorRef<WorkerCommand> worker) implements Command {}

    private enum Internal implements Command {
        TICK,
        SCHEDULER_LOST,
        STOP
    }

    /** Steps in which the time given to the scheduler for its first answer is measured. */
    private static final int TICKS_PER_TIMEOUT = 10;

    private static final long RETRY_AFTER_SECONDS = 1;

    private final ActorRef<SchedulerCommand> scheduler;
    private final ActorRef<AdmissionReply> admissions;
    private final ActorRef<TokenFrame> frames;
    private final Map<String, OpenRequest> requests = new LinkedHashMap<>();
    /** The number that each worker's next frame must have. */
    private final Map<String, Long> nextFrame = new HashMap<>();

    /** The ids of the workers that are watched. */
    private final Map<ActorRef<WorkerCommand>, String> workers = new HashMap<>();

    private final List<ActorRef<Done>> awaitingIdle = new ArrayList<>();

    /** @param admissionTimeout how long the scheduler may take for its first answer */
    public static Behavior<Command> create(ActorRef<SchedulerCommand> scheduler, Duration admissionTimeout) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Internal.TICK, admissionTimeout.dividedBy(TICKS_PER_TIMEOUT));
            return new TokenHub(context, scheduler);
        }));
    }

    /** Ends the hub; to be sent when no request is open. */
    public static Command stop() {
        return Internal.STOP;
    }

    private TokenHub(ActorContext<Command> context, ActorRef<SchedulerCommand> scheduler) {
        super(context);
        this.scheduler = scheduler;
        this.admissions = context.messageAdapter(AdmissionReply.class, Answered::new);
        this.frames = context.messageAdapter(TokenFrame.class, Arrived::new);
        context.watchWith(scheduler, Internal.SCHEDULER_LOST);
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Submit submit -> onSubmit(submit);
            case Abandon abandon -> onAbandon(abandon.requestId());
            case Answered answered -> onReply(answered.reply());
            case Arrived arrived -> onFrame(arrived.frame());
            case WorkerLost lost -> onWorkerLost(lost.worker());
            case FailAll all -> failAll(request -> true, all.error());
            case CountRequests count -> count.replyTo().tell(requests.size());
            case AwaitIdle await -> awaitingIdle.add(await.replyTo());
            case Internal.TICK -> onTick();
            case Internal.SCHEDULER_LOST -> onSchedulerLost();
            case Internal.STOP -> {
                return Behaviors.stopped();
            }
        }
        if (requests.isEmpty() && !awaitingIdle.isEmpty()) {
            awaitingIdle.forEach(waiting -> waiting.tell(Done.getInstance()));
            awaitingIdle.clear();
        }
        return this;
    }

    private void onSubmit(Submit submit) {
        requests.put(
                submit.generation().id(), new OpenRequest(submit.admission(), submit.generation(), submit.listener()));
        scheduler.tell(new SchedulerCommand.Admit(submit.admission(), admissions));
    }

    private void onAbandon(String requestId) {
        OpenRequest request = requests.get(requestId);
        if (request != null) {
            giveUp(request);
        }
    }

    private void onReply(AdmissionReply reply) {
        switch (reply) {
            case AdmissionReply.Queued queued -> {
                OpenRequest request = requests.get(queued.requestId());
                if (request != null) {
                    request.queued();
                    request.listener.queued();
                }
            }
            case AdmissionReply.Admitted admitted -> onAdmitted(admitted);
            case AdmissionReply.Refused refused -> {
                OpenRequest request = requests.remove(refused.requestId());
                if (request != null) {
                    request.listener.failed(RefusalErrors.of(refused.refusal()));
                }
            }
            case AdmissionReply.AskAgain again ->
                requests.values().stream()
                        .filter(request -> request.worker().isEmpty())
                        .forEach(request -> scheduler.tell(new SchedulerCommand.Admit(request.admission, admissions)));
        }
    }

    /** A lease for a request that was given up meanwhile needs nothing: the release is on its way already. */
    private void onAdmitted(AdmissionReply.Admitted admitted) {
        OpenRequest request = requests.get(admitted.lease().requestId());
        if (request == null || request.worker().isPresent()) {
            return;
        }
        request.startedOn(admitted.worker(), admitted.lease().workerId());
        if (workers.putIfAbsent(admitted.worker(), admitted.lease().workerId()) == null) {
            getContext().watchWith(admitted.worker(), new WorkerLost(admitted.worker()));
        }
        admitted.worker().tell(new WorkerCommand.Start(request.generation, admitted.lease(), frames));
        request.listener.admitted();
    }

    private void onFrame(TokenFrame frame) {
        if (frame.deltas().isEmpty()) {
            return;
        }
        long expected = nextFrame.getOrDefault(frame.workerId(), 0L);
        nextFrame.put(frame.workerId(), frame.number() + 1);
        if (frame.number() != expected) {
            getContext()
                    .getLog()
                    .error(
                            "Frame {} of worker {} came where {} was expected",
                            frame.number(),
                            frame.workerId(),
                            expected);
            failAll(
                    request -> request.workerId().equals(frame.workerId()),
                    lost("frame " + frame.number() + " of worker " + frame.workerId() + " came where " + expected
                            + " was expected"));
            return;
        }
        frame.deltas().forEach(this::onDelta);
    }

    /** Tokens of requests that ended are on their way for a moment; they mean nothing. */
    private void onDelta(TokenDelta delta) {
        OpenRequest request = requests.get(delta.requestId());
        if (request == null) {
            return;
        }
        var problem = request.check(delta);
        if (problem.isPresent()) {
            getContext().getLog().error("Request {}: {}", request.id(), problem.get());
            giveUp(request);
            request.listener.failed(lost(problem.get()));
        } else if (!request.listener.tokens(delta)) {
            getContext().getLog().info("Request {}: its client does not read", request.id());
            giveUp(request);
        } else if (request.isFinished()) {
            requests.remove(request.id());
            release(request);
        }
    }

    private void onWorkerLost(ActorRef<WorkerCommand> worker) {
        nextFrame.remove(workers.remove(worker));
        for (OpenRequest request : List.copyOf(requests.values())) {
            if (request.worker().filter(worker::equals).isPresent()) {
                requests.remove(request.id());
                release(request);
                request.listener.failed(ApiError.engine(
                        "worker_lost", "Worker " + request.workerId() + " was lost while it ran the request."));
            }
        }
    }

    private void onTick() {
        for (OpenRequest request : List.copyOf(requests.values())) {
            if (request.silentTick() > TICKS_PER_TIMEOUT) {
                giveUp(request);
                request.listener.failed(
                        ApiError.unavailable("no_scheduler", "The scheduler does not answer.", RETRY_AFTER_SECONDS));
            }
        }
    }

    private void onSchedulerLost() {
        failAll(
                request -> request.worker().isEmpty(),
                ApiError.unavailable("no_scheduler", "The scheduler has stopped.", RETRY_AFTER_SECONDS));
    }

    private void failAll(Predicate<OpenRequest> which, ApiError error) {
        for (OpenRequest request : List.copyOf(requests.values())) {
            if (which.test(request)) {
                giveUp(request);
                request.listener.failed(error);
            }
        }
    }

    private void giveUp(OpenRequest request) {
        requests.remove(request.id());
        request.worker().ifPresent(worker -> worker.tell(new WorkerCommand.Cancel(request.id())));
        release(request);
    }

    private void release(OpenRequest request) {
        scheduler.tell(new SchedulerCommand.Release(request.id(), -1));
    }

    private static ApiError lost(String what) {
        return ApiError.engine("tokens_lost", "Tokens of the answer were lost: " + what + ".");
    }
}
