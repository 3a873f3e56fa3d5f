package dev.vidda.gateway.stream;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.FinishReason;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Admits the gateway's requests and routes their tokens: one actor for each gateway. Whatever ends a request (its last
 * token, a client that left), its lease goes back exactly once, and a worker that still runs it is told to stop.
 *
 * <p>A request whose worker dies, falls silent, loses tokens, fails or drains moves on: the scheduler is asked for another
 * worker, which continues from the tokens so far. Only when that comes to nothing does the client hear of it.
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

    private record WorkerLost(String workerId, ActorRef<WorkerCommand> worker) implements Command {}

    private enum Internal implements Command {
        TICK,
        SCHEDULER_LOST,
        STOP
    }

    private final ActorRef<SchedulerCommand> scheduler;
    private final HubTimes times;
    private final ActorRef<AdmissionReply> admissions;
    private final ActorRef<TokenFrame> frames;
    /** By their own ids, in order of arrival. */
    private final Map<String, OpenRequest> requests = new LinkedHashMap<>();

    private final KnownWorkers workers;
    private final List<ActorRef<Done>> awaitingIdle = new ArrayList<>();
    private long now;

    /** Makes a hub that asks {@code scheduler}. */
    public static Behavior<Command> create(ActorRef<SchedulerCommand> scheduler, HubTimes times) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Internal.TICK, times.tick());
            return new TokenHub(context, scheduler, times);
        }));
    }

    /** Ends the hub; to be sent when no request is open. */
    public static Command stop() {
        return Internal.STOP;
    }

    private TokenHub(ActorContext<Command> context, ActorRef<SchedulerCommand> scheduler, HubTimes times) {
        super(context);
        context.setLoggerName(TokenHub.class);
        this.scheduler = scheduler;
        this.times = times;
        this.admissions = context.messageAdapter(AdmissionReply.class, Answered::new);
        this.frames = context.messageAdapter(TokenFrame.class, Arrived::new);
        this.workers = new KnownWorkers(watch(context));
        context.watchWith(scheduler, Internal.SCHEDULER_LOST);
    }

    private static KnownWorkers.Watch watch(ActorContext<Command> context) {
        ActorRef<Command> self = context.getSelf();
        return new KnownWorkers.Watch() {
            @Override
            public void begin(String workerId, ActorRef<WorkerCommand> worker) {
                context.unwatch(worker);
                context.watchWith(worker, new WorkerLost(workerId, worker));
            }

            @Override
            public void ended(String workerId, ActorRef<WorkerCommand> worker) {
                self.tell(new WorkerLost(workerId, worker));
            }
        };
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal.equals(PostStop.instance())) {
            workers.close();
            return this;
        }
        return Behaviors.unhandled();
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        switch (message) {
            case Submit submit -> onSubmit(submit);
            case Abandon abandon ->
                Optional.ofNullable(requests.get(abandon.requestId())).ifPresent(this::giveUp);
            case Answered answered -> onReply(answered.reply());
            case Arrived arrived -> onFrame(arrived.frame());
            case WorkerLost lost -> onWorkerLost(lost.workerId(), lost.worker());
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
        OpenRequest request = new OpenRequest(submit.admission(), submit.generation(), submit.listener(), now);
        requests.put(request.id(), request);
        ask(request);
    }

    private void ask(OpenRequest request) {
        request.asked(now);
        scheduler.tell(new SchedulerCommand.Admit(request.admission(), admissions));
    }

    /** One that waits at a scheduler which lives, though another was chosen, is not to wait there, too. */
    private void askAgain(OpenRequest request) {
        release(request, -1);
        ask(request);
    }

    private void onReply(AdmissionReply reply) {
        switch (reply) {
            case AdmissionReply.Queued queued ->
                attempt(queued.requestId()).ifPresent(request -> onQueued(request, queued));
            case AdmissionReply.Admitted admitted -> onAdmitted(admitted);
            case AdmissionReply.Refused refused ->
                attempt(refused.requestId()).ifPresent(request -> onRefused(request, refused.refusal()));
            case AdmissionReply.AskAgain again ->
                requests.values().stream()
                        .filter(request -> request.worker().isEmpty())
                        .forEach(this::askAgain);
        }
    }

    /** The request of which an attempt has this id, unless that attempt is over. */
    private Optional<OpenRequest> attempt(String attemptId) {
        return Optional.ofNullable(requests.get(OpenRequest.ownId(attemptId)))
                .filter(request -> request.attemptId().equals(attemptId));
    }

    private static void onQueued(OpenRequest request, AdmissionReply.Queued queued) {
        request.queued();
        if (!request.wasStarted()) {
            request.listener.queued(queued.position(), queued.estimatedWaitMillis());
        }
    }

    /** A lease for a request that was given up meanwhile needs nothing: the release is on its way already. */
    private void onAdmitted(AdmissionReply.Admitted admitted) {
        OpenRequest request = attempt(admitted.lease().requestId()).orElse(null);
        if (request == null || request.worker().isPresent()) {
            return;
        }
        boolean first = !request.wasStarted();
        String workerId = admitted.lease().workerId();
        workers.replacedBy(workerId, admitted.worker()).ifPresent(earlier -> onWorkerLost(workerId, earlier));
        workers.meet(workerId, admitted.worker(), now);
        request.startedOn(admitted.worker(), workerId, now);
        admitted.worker().tell(new WorkerCommand.Start(request.generation(), admitted.lease(), frames));
        if (first) {
            request.listener.admitted();
        }
    }

    private void onRefused(OpenRequest request, Refusal refusal) {
        if (!request.wasStarted()) {
            requests.remove(request.id());
            request.listener.failed(RefusalErrors.of(refusal));
        } else if (RefusalErrors.mayChange(refusal)) {
            request.refusedForNow(now);
        } else {
            fail(request, HubErrors.nowhereToContinue(refusal));
        }
    }

    private void onFrame(TokenFrame frame) {
        if (!workers.knows(frame.workerId())) {
            return;
        }
        workers.accept(frame, now).ifPresent(expected -> {
            ApiError lost = HubErrors.framesLost(frame.workerId(), frame.number(), expected);
            getContext().getLog().warn(lost.message());
            moveAllFrom(frame.workerId(), lost, false);
        });
        frame.deltas().forEach(this::onDelta);
    }

    /** Tokens of attempts that are over are on their way for a moment; they mean nothing. */
    private void onDelta(TokenDelta delta) {
        OpenRequest request = attempt(delta.requestId()).orElse(null);
        if (request == null) {
            return;
        }
        Optional<String> problem = request.accept(delta);
        if (problem.isPresent()) {
            getContext().getLog().warn("Request {}: {}", request.id(), problem.get());
            moveOn(request, HubErrors.tokensLost(problem.get()), true, false);
            return;
        }
        Optional<Finish> stopped = delta.finish().filter(finish -> !SampleTokens.isFinal(finish));
        if ((stopped.isEmpty() || !delta.tokens().isEmpty()) && !request.listener.tokens(withoutStop(delta))) {
            getContext().getLog().info("Request {}: its client does not read", request.id());
            giveUp(request);
        } else if (request.isFinished()) {
            requests.remove(request.id());
            release(request, request.learnableLength());
        } else {
            stopped.ifPresent(
                    finish -> moveOn(request, HubErrors.stopped(finish), finish.reason() == FinishReason.FAILED, true));
        }
    }

    /** The end of an attempt is not that of the request. */
    private static TokenDelta withoutStop(TokenDelta delta) {
        return delta.finish().filter(finish -> !SampleTokens.isFinal(finish)).isEmpty()
                ? delta
                : new TokenDelta(
                        delta.requestId(),
                        delta.choice(),
                        delta.firstIndex(),
                        delta.tokens(),
                        delta.logprobs(),
                        Optional.empty());
    }

    private void onWorkerLost(String workerId, ActorRef<WorkerCommand> worker) {
        if (workers.lose(workerId, worker)) {
            getContext().getLog().info("Worker {} is lost", workerId);
            moveAllFrom(workerId, HubErrors.workerLost(workerId), true);
        }
    }

    private void moveAllFrom(String workerId, ApiError why, boolean avoid) {
        for (OpenRequest request : List.copyOf(requests.values())) {
            if (request.workerId().equals(workerId)) {
                moveOn(request, why, true, avoid);
            }
        }
    }

    /**
     * The request continues elsewhere, or fails if too many workers have failed it.
     *
     * @param avoid whether the worker is to be left out
     */
    private void moveOn(OpenRequest request, ApiError why, boolean failure, boolean avoid) {
        cancel(request);
        release(request, -1);
        if (failure && request.failures() >= times.mostFailures()) {
            requests.remove(request.id());
            request.listener.failed(why);
            return;
        }
        getContext()
                .getLog()
                .info("Request {} moves on after {} tokens: {}", request.id(), request.tokensSoFar(), why.message());
        request.moveOn(failure, avoid, now);
        ask(request);
    }

    private void onTick() {
        now++;
        for (OpenRequest request : List.copyOf(requests.values())) {
            if (request.worker().isEmpty()) {
                checkWaiting(request);
            } else if (workers.isSilent(request, times.silence(), now)) {
                moveOn(request, HubErrors.workerSilent(request.workerId()), true, true);
            }
        }
    }

    private void checkWaiting(OpenRequest request) {
        if (request.wasStarted() && request.standing(now) > times.giveUpAfter()) {
            fail(request, HubErrors.noneToContinue());
        } else if (request.unanswered(now) > times.admission()) {
            fail(request, HubErrors.noScheduler("The scheduler does not answer."));
        } else if (request.isRefusedForNow() && request.sinceAsked(now) >= times.retry()) {
            ask(request);
        }
    }

    private void onSchedulerLost() {
        failAll(request -> request.worker().isEmpty(), HubErrors.noScheduler("The scheduler has stopped."));
    }

    private void failAll(Predicate<OpenRequest> which, ApiError error) {
        for (OpenRequest request : List.copyOf(requests.values())) {
            if (which.test(request)) {
                fail(request, error);
            }
        }
    }

    private void fail(OpenRequest request, ApiError error) {
        giveUp(request);
        request.listener.failed(error);
    }

    private void giveUp(OpenRequest request) {
        requests.remove(request.id());
        cancel(request);
        release(request, -1);
    }

    private void cancel(OpenRequest request) {
        request.worker().ifPresent(worker -> worker.tell(new WorkerCommand.Cancel(request.attemptId())));
    }

    private void release(OpenRequest request, int length) {
        scheduler.tell(new SchedulerCommand.Release(request.attemptId(), length));
    }
}
