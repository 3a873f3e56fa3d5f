package dev.vidda.scheduler.admission;

import dev.vidda.protocol.AdmissionRequest;
import dev.vidda.protocol.FitAnswer;
import dev.vidda.protocol.FitQuestion;
import dev.vidda.protocol.Patience;
import dev.vidda.protocol.Refusal;
import dev.vidda.protocol.SchedulerLimits;
import dev.vidda.scheduler.ledger.Claim;
import dev.vidda.scheduler.placement.Work;
import dev.vidda.scheduler.placement.WorkerLoad;
import dev.vidda.scheduler.queue.RetryAfter;
import java.util.List;
import java.util.Optional;

/** Answers what would become of requests, by trying the rules of admission on copies of the workers' state. */
final class FitCheck {
    private static final double MILLIS = 1_000;

    private final ServedModel model;
    private final SchedulerLimits limits;
    private final RetryAfter retryAfter;
    private final long now;

    FitCheck(ServedModel model, SchedulerLimits limits, RetryAfter retryAfter, long nowNanos) {
        this.model = model;
        this.limits = limits;
        this.retryAfter = retryAfter;
        this.now = nowNanos;
    }

    static AdmissionRequest request(FitQuestion question) {
        return new AdmissionRequest(
                "",
                question.model(),
                question.promptTokens(),
                question.maxTokens(),
                1,
                question.tenant(),
                question.serviceClass(),
                question.guaranteed(),
                Patience.ENDLESS,
                List.of(),
                List.of());
    }

    static FitAnswer never(Refusal why) {
        return new FitAnswer(0, 0, 0, -1, -1, -1, 0, Optional.of(why));
    }

    FitAnswer answer(FitQuestion question, Demand demand) {
        int fits = 0;
        long empty = 0;
        double ttft = Double.MAX_VALUE;
        double token = 0;
        int each = 0;
        for (Worker worker : model.fleet().workers()) {
            if (!worker.takesRequests() || !worker.canEverRun(demand)) {
                continue;
            }
            each = demand.claim(worker.card().kvShape()).blocks();
            empty += worker.card().kvBlocks() / each;
            Work work = demand.work(worker.card().kvShape(), 0);
            double here = worker.load().firstTokenMillis(work, nowMillis());
            if (here < ttft) {
                ttft = here;
                token = worker.load().tokenMillis(work);
            }
            if (model.queue().isEmpty() && worker.isOpenTo(demand)) {
                fits += fitting(worker, demand, work, question.count() - fits);
            }
        }
        long ahead = model.queue().blocks();
        long wait = fits > 0 ? 0 : model.waitMillis(ahead + each, now);
        long waitAll =
                fits == question.count() ? 0 : model.waitMillis(ahead + (long) (question.count() - fits) * each, now);
        long first = wait < 0 ? -1 : wait + Math.round(ttft);
        return new FitAnswer(
                fits, empty, each, wait, waitAll, first, token <= 0 ? 0 : MILLIS / token, whyNot(question, fits, each));
    }

    private Optional<Refusal> whyNot(FitQuestion question, int fits, int each) {
        if (fits == question.count()) {
            return Optional.empty();
        }
        long comeBack = retryAfter.millis(
                model.queue().blocks() + each, model.drainRate().blocksPerSecond(now));
        return Optional.of(Refusals.noRoomNow(model, fits, question.count(), each, comeBack));
    }

    /** How many of them the worker would be given one after the other, at most {@code most}. */
    private int fitting(Worker worker, Demand demand, Work work, int most) {
        Claim claim = demand.claim(worker.card().kvShape());
        WorkerLoad load = worker.load().copy();
        int free = worker.account().free();
        int leases = worker.account().leases();
        int count = 0;
        while (count < most
                && worker.fits(
                        demand, work, new Worker.State(free, leases, load), nowMillis(), limits.pendingMillis())) {
            load.add(work, nowMillis());
            free -= claim.blocks();
            leases++;
            count++;
        }
        return count;
    }

    private double nowMillis() {
        return now / Admission.NANOS_PER_MILLI;
    }
}
