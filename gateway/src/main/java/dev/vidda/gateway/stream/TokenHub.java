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
import java.util.List;
import java.util.Optional;

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

    private final HubTimes times;
    private final OpenRequests requests;
    private final KnownWorkers workers;
    private final List<ActorRef<Done>> awaitingIdle = new ArrayList<>();

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
        this.times = times;
        OpenRequests.ReplyTo replyTo = new OpenRequests.ReplyTo(
                context.messageAdapter(AdmissionReply.class, Answered::new),
                context.messageAdapter(TokenFrame.class, Arrived::new));
        this.requests = new OpenRequests(scheduler, replyTo, times.mostFailures(), context.getLog());
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
            case Submit submit ->
                requests.add(
                        new OpenRequest(submit.admission(), submit.generation(), submit.listener(), requests.now()));
            case Abandon abandon -> requests.find(abandon.requestId()).ifPresent(requests::giveUp);
            case Answered answered -> onReply(answered.reply());
            case Arrived arrived -> onFrame(arrived.frame());
            case WorkerLost lost -> onWorkerLost(lost.workerId(), lost.worker());
            case FailAll all -> requests.failAll(request -> true, all.error());
            case CountRequests count -> count.replyTo().tell(requests.size());
            case AwaitIdle await -> awaitingIdle.add(await.replyTo());
            case Internal.TICK -> onTick();
            case Internal.SCHEDULER_LOST -> onSchedulerLost();
            case Internal.STOP -> {
                return Behaviors.stopped();
            }
        }
        if (requests.size() == 0 && !awaitingIdle.isEmpty()) {
            awaitingIdle.forEach(waiting -> waiting.tell(Done.getInstance()));
            awaitingIdle.clear();
        }
        return this;
    }

    private void onReply(AdmissionReply reply) {
        switch (reply) {
            case AdmissionReply.Queued queued ->
                requests.attempt(queued.requestId()).ifPresent(request -> onQueued(request, queued));
            case AdmissionReply.Admitted admitted -> onAdmitted(admitted);
            case AdmissionReply.Refused refused ->
                requests.attempt(refused.requestId()).ifPresent(request -> onRefused(request, refused.refusal()));
            case AdmissionReply.AskAgain again -> requests.askAgainForAllThatWait();
        }
    }

    private static void onQueued(OpenRequest request, AdmissionReply.Queued queued) {
        request.queued();
        if (!request.wasStarted()) {
            request.listener.queued(queued.position(), queued.estimatedWaitMillis());
        }
    }

    /** A lease for a request that was given up meanwhile needs nothing: the release is on its way already. */
    private void onAdmitted(AdmissionReply.Admitted admitted) {
        OpenRequest request = requests.attempt(admitted.lease().requestId()).orElse(null);
        if (request == null || request.worker().isPresent()) {
            return;
        }
        boolean first = !request.wasStarted();
        String workerId = admitted.lease().workerId();
        workers.replacedBy(workerId, admitted.worker()).ifPresent(earlier -> onWorkerLost(workerId, earlier));
        workers.meet(workerId, admitted.worker(), requests.now());
        requests.start(request, admitted);
        if (first) {
            request.listener.admitted();
        }
    }

    private void onRefused(OpenRequest request, Refusal refusal) {
        long now = requests.now();
        boolean early = !request.wasStarted();
        if (early && RefusalErrors.isForWantOfWorkers(refusal) && request.age(now) < times.workerWait()) {
            request.refusedForNow(now);
        } else if (early) {
            requests.refused(request, RefusalErrors.of(refusal));
        } else if (RefusalErrors.mayChange(refusal)) {
            request.refusedForNow(now);
        } else {
            requests.fail(request, HubErrors.nowhereToContinue(refusal));
        }
    }

    private void onFrame(TokenFrame frame) {
        if (!workers.knows(frame.workerId())) {
            return;
        }
        workers.accept(frame, requests.now()).ifPresent(expected -> {
            ApiError lost = HubErrors.framesLost(frame.workerId(), frame.number(), expected);
            getContext().getLog().warn(lost.message());
            requests.moveAllFrom(frame.workerId(), lost, false);
        });
        frame.deltas().forEach(this::onDelta);
    }

    /** Tokens of attempts that are over are on their way for a moment; they mean nothing. */
    private void onDelta(TokenDelta delta) {
        OpenRequest request = requests.attempt(delta.requestId()).orElse(null);
        if (request == null) {
            return;
        }
        Optional<String> problem = request.accept(delta);
        if (problem.isPresent()) {
            getContext().getLog().warn("Request {}: {}", request.id(), problem.get());
            requests.moveOn(request, HubErrors.tokensLost(problem.get()), true, false);
            return;
        }
        Optional<Finish> stopped = delta.finish().filter(finish -> !SampleTokens.isFinal(finish));
        if ((stopped.isEmpty() || !delta.tokens().isEmpty()) && !request.listener.tokens(withoutStop(delta))) {
            getContext().getLog().info("Request {}: its client does not read", request.id());
            requests.giveUp(request);
        } else if (request.isFinished()) {
            requests.finished(request);
        } else {
            stopped.ifPresent(finish ->
                    requests.moveOn(request, HubErrors.stopped(finish), finish.reason() == FinishReason.FAILED, true));
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
            requests.moveAllFrom(workerId, HubErrors.workerLost(workerId), true);
        }
    }

    private void onTick() {
        requests.tick();
        for (OpenRequest request : requests.all()) {
            if (request.worker().isEmpty()) {
                checkWaiting(request);
            } else if (workers.isSilent(request, times.silence(), requests.now())) {
                requests.moveOn(request, HubErrors.workerSilent(request.workerId()), true, true);
            }
        }
    }

    private void checkWaiting(OpenRequest request) {
        long now = requests.now();
        if (request.wasStarted() && request.standing(now) > times.giveUpAfter()) {
            requests.fail(request, HubErrors.noneToContinue());
        } else if (request.unanswered(now) > times.admission()) {
            requests.fail(request, HubErrors.noScheduler("The scheduler does not answer."));
        } else if (request.isRefusedForNow() && request.sinceAsked(now) >= times.retry()) {
            requests.ask(request);
        }
    }

    private void onSchedulerLost() {
        requests.failAll(request -> request.worker().isEmpty(), HubErrors.noScheduler("The scheduler has stopped."));
    }
}
