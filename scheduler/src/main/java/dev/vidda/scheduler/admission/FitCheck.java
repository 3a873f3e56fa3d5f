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
import dev.vidda.scheduler.queue.Waiting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers what would become of requests, by trying the rules of admission: those that decide whose turn it is
 * ({@link Turns}), and those that decide who fits, on copies of the workers' state.
 */
final class FitCheck {
    private static final double MILLIS = 1_000;

    private final Desk desk;
    private final ServedModel model;
    private final SchedulerLimits limits;
    private final RetryAfter retryAfter;
    private final FitQuestion question;
    private final Demand demand;

    FitCheck(Desk desk, ServedModel model, FitQuestion question, Demand demand) {
        this.desk = desk;
        this.model = model;
        this.limits = desk.limits;
        this.retryAfter = desk.rules.retryAfter();
        this.question = question;
        this.demand = demand;
    }

    /** It comes after all that wait. */
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
                new Patience(Long.MAX_VALUE, 0, question.ttftTargetMillis(), question.itlTargetMillis()),
                List.of(),
                List.of());
    }

    static FitAnswer never(Refusal why) {
        return new FitAnswer(0, 0, 0, -1, -1, -1, 0, Optional.of(why));
    }

    FitAnswer answer() {
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
            double here = worker.load().firstTokenMillis(work, desk.nowMillis());
            if (here < ttft) {
                ttft = here;
                token = worker.load().tokenMillis(work);
            }
        }
        Refusal refused = refusal();
        int fits = refused == null ? fitting() : 0;
        long ahead = model.queue().blocksAhead(desk.now);
        int left = question.count() - fits;
        long wait = fits > 0 ? 0 : model.waitMillis(ahead + each, desk.now);
        long waitAll = left == 0 ? 0 : model.waitMillis(ahead + (long) left * each, desk.now);
        long first = wait < 0 ? -1 : wait + Math.round(ttft);
        Refusal whyNot = left > 0 && refused == null ? noRoom(fits, each) : refused;
        return new FitAnswer(
                fits, empty, each, wait, waitAll, first, token <= 0 ? 0 : MILLIS / token, Optional.ofNullable(whyNot));
    }

    /** Why one that has to wait is turned away though there may be room for it; null if it is not. */
    private @Nullable Refusal refusal() {
        return model.queue().isEmpty() ? null : desk.mayNotWait(model, demand, desk.leftMillis(model, demand, 0), 0);
    }

    private int fitting() {
        if (model.queue().isEmpty()) {
            return room(question.count());
        }
        Waiting joined = new Place(demand, blocks(), new Waiting.Times(desk.now, Waiting.ENDLESS, Waiting.ENDLESS));
        return desk.turns.wouldRun(model, joined, question.count(), desk.nowMillis(), this::room);
    }

    private int blocks() {
        return demand.claim(model.fleet().workers().getFirst().card().kvShape()).blocks();
    }

    private Refusal noRoom(int fits, int each) {
        long comeBack = retryAfter.millis(
                model.queue().blocks() + each, model.drainRate().blocksPerSecond(desk.now));
        Map<String, Shortage> shortages = shortages();
        boolean blocks = shortages.values().stream().anyMatch(lack -> lack.limit() == Shortage.Limit.BLOCKS);
        String limits = shortages.isEmpty() ? "those that wait come first" : Shortage.inWords(shortages);
        return Refusals.noRoomNow(
                model,
                "%d of %d requests fit now".formatted(fits, question.count()),
                limits,
                blocks ? each : 0,
                comeBack);
    }

    /** What each worker lacks when it has as many of them as it takes; none if only those that wait keep them from going in. */
    private Map<String, Shortage> shortages() {
        Map<String, Shortage> lacks = new LinkedHashMap<>();
        Shortage.Now now = new Shortage.Now(desk.nowMillis(), limits.pendingMillis());
        int room = 0;
        for (Worker worker : model.fleet().workers()) {
            if (worker.takesRequests() && worker.canEverRun(demand)) {
                Filled filled = fill(worker, worker.isOpenTo(demand) ? question.count() : 0);
                Work work = demand.work(worker.card().kvShape(), 0);
                lacks.put(worker.id(), Shortage.of(worker, demand, work, filled.state(), now));
                room += filled.count();
            }
        }
        return room < question.count() ? lacks : Map.of();
    }

    /** For how many there is room on all workers together; where one goes changes nothing about the others' workers. */
    private int room(int most) {
        int count = 0;
        for (Worker worker : model.fleet().workers()) {
            if (worker.isOpenTo(demand) && worker.canEverRun(demand)) {
                count += room(worker, most - count);
            }
        }
        return count;
    }

    /** How many of them the worker would be given one after the other, at most {@code most}. */
    private int room(Worker worker, int most) {
        return fill(worker, most).count();
    }

    /** A worker with so many of them. */
    private record Filled(int count, Worker.State state) {}

    private Filled fill(Worker worker, int most) {
        Claim claim = demand.claim(worker.card().kvShape());
        Work work = demand.work(worker.card().kvShape(), 0);
        WorkerLoad load = worker.load().copy();
        int free = worker.account().freeFor(claim, 0);
        int leases = worker.account().leases();
        int count = 0;
        while (count < most
                && !(load.isLearned() && demand.isLate(load.firstTokenMillis(work, desk.nowMillis())))
                && worker.fits(
                        demand, work, new Worker.State(free, leases, load), desk.nowMillis(), limits.pendingMillis())) {
            load.add(work, desk.nowMillis());
            leases++;
            count++;
            free = worker.account().freeFor(claim, count);
        }
        return new Filled(count, new Worker.State(free, leases, load));
    }
}
