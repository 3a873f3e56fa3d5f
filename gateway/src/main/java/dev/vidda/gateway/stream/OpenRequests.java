package dev.vidda.gateway.stream;

import akka.actor.typed.ActorRef;
import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.AdmissionReply;
import dev.vidda.protocol.SchedulerCommand;
import dev.vidda.protocol.TokenFrame;
import dev.vidda.protocol.WorkerCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;

/**
 * The requests of which the hub has not seen the end, and what schedulers and workers are told of them: a lease is asked for,
 * used, and given back exactly once for each attempt, and a worker that still runs one is told to stop. Belongs to the hub's
 * thread.
 */
final class OpenRequests {
    private final ActorRef<SchedulerCommand> scheduler;
    private final ReplyTo replyTo;
    private final int mostFailures;
    private final Logger log;
    /** By their own ids, in order of arrival. */
    private final Map<String, OpenRequest> requests = new LinkedHashMap<>();

    private long now;

    /** Where schedulers and workers send what they have to say. */
    record ReplyTo(ActorRef<AdmissionReply> admissions, ActorRef<TokenFrame> frames) {}

    /** @param mostFailures workers that may fail one request */
    OpenRequests(ActorRef<SchedulerCommand> scheduler, ReplyTo replyTo, int mostFailures, Logger log) {
        this.scheduler = scheduler;
        this.replyTo = replyTo;
        this.mostFailures = mostFailures;
        this.log = log;
    }

    /** The hub's time, in ticks. */
    long now() {
        return now;
    }

    void tick() {
        now++;
    }

    int size() {
        return requests.size();
    }

    /** In order of arrival; not changed by what is done to them meanwhile. */
    List<OpenRequest> all() {
        return List.copyOf(requests.values());
    }

    Optional<OpenRequest> find(String id) {
        return Optional.ofNullable(requests.get(id));
    }

    /** The request of which an attempt has this id, unless that attempt is over. */
    Optional<OpenRequest> attempt(String attemptId) {
        return find(OpenRequest.ownId(attemptId))
                .filter(request -> request.attemptId().equals(attemptId));
    }

    void add(OpenRequest request) {
        requests.put(request.id(), request);
        ask(request);
    }

    void ask(OpenRequest request) {
        request.asked(now);
        scheduler.tell(new SchedulerCommand.Admit(request.admission(), replyTo.admissions()));
    }

    /** One that waits at a scheduler which lives, though another was chosen, is not to wait there, too. */
    void askAgainForAllThatWait() {
        for (OpenRequest request : all()) {
            if (request.worker().isEmpty()) {
                release(request, -1);
                ask(request);
            }
        }
    }

    void start(OpenRequest request, AdmissionReply.Admitted admitted) {
        request.startedOn(admitted.worker(), admitted.lease().workerId(), now);
        admitted.worker().tell(new WorkerCommand.Start(request.generation(), admitted.lease(), replyTo.frames()));
    }

    void finished(OpenRequest request) {
        requests.remove(request.id());
        release(request, request.learnableLength());
    }

    /** The scheduler has nothing for it, and keeps nothing of it. */
    void refused(OpenRequest request, ApiError error) {
        requests.remove(request.id());
        request.listener.failed(error);
    }

    /**
     * The request continues elsewhere, or fails if too many workers have failed it.
     *
     * @param avoid whether the worker is to be left out
     */
    void moveOn(OpenRequest request, ApiError why, boolean failure, boolean avoid) {
        cancel(request);
        release(request, -1);
        if (failure && request.failures() >= mostFailures) {
            requests.remove(request.id());
            request.listener.failed(why);
            return;
        }
        log.info("Request {} moves on after {} tokens: {}", request.id(), request.tokensSoFar(), why.message());
        request.moveOn(failure, avoid, now);
        ask(request);
    }

    void moveAllFrom(String workerId, ApiError why, boolean avoid) {
        for (OpenRequest request : all()) {
            if (request.workerId().equals(workerId)) {
                moveOn(request, why, true, avoid);
            }
        }
    }

    void failAll(Predicate<OpenRequest> which, ApiError error) {
        all().stream().filter(which).forEach(request -> fail(request, error));
    }

    void fail(OpenRequest request, ApiError error) {
        giveUp(request);
        request.listener.failed(error);
    }

    /** Nobody waits for it any more. */
    void giveUp(OpenRequest request) {
        requests.remove(request.id());
        cancel(request);
        release(request, -1);
    }

    private static void cancel(OpenRequest request) {
        request.worker().ifPresent(worker -> worker.tell(new WorkerCommand.Cancel(request.attemptId())));
    }

    private void release(OpenRequest request, int length) {
        scheduler.tell(new SchedulerCommand.Release(request.attemptId(), length));
    }
}
