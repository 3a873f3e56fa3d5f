package dev.vidda.worker.bench;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.kv.KvCost;
import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.engine.AddResult;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.model.DeviceModelRunner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Measures a loaded model through its engine, as a worker runs it: decoding in batches, prompts alone, and requests that come and
 * go. Greedy; every prompt is random and different, so that no prefix is shared.
 */
public final class EngineBench {
    private static final int PREFILLS = 3;
    private static final long WARM_UP_NANOS = 1_000_000_000;
    private static final int FIRST_TOKEN_ID = 2;

    private final DeviceModelRunner runner;
    private final EngineSettings settings;
    private final Roofline roofline;
    private final Consumer<String> progress;
    private final Random random = new Random(1);
    private final List<String> notes = new ArrayList<>();
    private int requests;

    /** @param progress told in a line what is being measured */
    public EngineBench(
            DeviceModelRunner runner, EngineSettings settings, Ceilings ceilings, Consumer<String> progress) {
        this.runner = runner;
        this.settings = settings;
        this.progress = progress;
        notes.addAll(runner.notes());
        roofline = new Roofline(runner.config(), runner.kvShape(), ceilings);
    }

    /** Everything that a plan asks for; what does not fit is a note. */
    public BenchReport run(BenchPlan plan, String model, double loadSeconds, Ceilings ceilings) {
        warmUp();
        List<BenchReport.Decode> decode = new ArrayList<>();
        for (int context : plan.contexts()) {
            for (int batch : plan.batches()) {
                if (fits("decode " + batch + " x " + context, batch, plan.tokens(context))) {
                    decode.add(decode(batch, context, plan));
                }
            }
        }
        List<BenchReport.Prefill> prefill = new ArrayList<>();
        for (int length : plan.prefills()) {
            if (fits("prefill " + length, 1, length + 1)) {
                prefill.add(prefill(length));
            }
        }
        Optional<BenchReport.Requests> served = plan.requests() == 0
                        || !fits(
                                "requests",
                                plan.mostSequences(),
                                plan.tokens(plan.contexts().getFirst()))
                ? Optional.empty()
                : Optional.of(requests(plan));
        return new BenchReport(model, runner.device(), loadSeconds, ceilings, decode, prefill, served, notes);
    }

    /** Lets the JVM compile what runs in every step. */
    private void warmUp() {
        progress.accept("warming up");
        BenchPlan brief = new BenchPlan(List.of(1), List.of(1), 32, List.of(), 0);
        long start = System.nanoTime();
        while (brief.tokens(1) <= runner.maxModelLength() && System.nanoTime() - start < WARM_UP_NANOS) {
            decode(1, 1, brief);
        }
    }

    private boolean fits(String what, int sequences, int tokens) {
        long needed = (long) sequences * KvCost.blocks(runner.kvShape(), tokens);
        if (tokens > runner.maxModelLength()) {
            notes.add(
                    "%s: not measured, sequences may have %d tokens at most".formatted(what, runner.maxModelLength()));
        } else if (needed > runner.kvBlocks()) {
            notes.add("%s: not measured, it needs %d blocks of the KV cache, which has %d"
                    .formatted(what, needed, runner.kvBlocks()));
        } else {
            progress.accept(what);
            return true;
        }
        return false;
    }

    private BenchReport.Decode decode(int batch, int context, BenchPlan plan) {
        Engine engine = new Engine(runner, "bench", settings);
        int[] generated = {0};
        for (int i = 0; i < batch; i++) {
            add(engine, context, BenchPlan.WARM_UP + plan.output());
        }
        int warm = batch * BenchPlan.WARM_UP;
        while (generated[0] < warm) {
            generated[0] += tokens(engine.step());
        }
        int before = generated[0];
        OptionalDouble busyBefore = runner.busySeconds();
        long start = System.nanoTime();
        int steps = 0;
        while (engine.hasWork()) {
            List<TokenDelta> deltas = engine.step();
            steps += deltas.isEmpty() ? 0 : 1;
            generated[0] += tokens(deltas);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        OptionalDouble busyAfter = runner.busySeconds();
        double step = seconds / steps;
        Roofline.Need need = roofline.decode(batch, context + BenchPlan.WARM_UP + plan.output() / 2.0);
        return new BenchReport.Decode(
                batch,
                context,
                plan.output(),
                (generated[0] - before) / seconds,
                step,
                use(need, step),
                idle(busyBefore, busyAfter, seconds));
    }

    private static OptionalDouble idle(OptionalDouble before, OptionalDouble after, double seconds) {
        return before.isPresent() && after.isPresent()
                ? OptionalDouble.of(Math.max(0, 1 - (after.getAsDouble() - before.getAsDouble()) / seconds))
                : OptionalDouble.empty();
    }

    private BenchReport.Prefill prefill(int length) {
        double[] seconds = new double[PREFILLS];
        for (int i = -1; i < PREFILLS; i++) {
            Engine engine = new Engine(runner, "bench", settings);
            long start = System.nanoTime();
            add(engine, length, 1);
            while (engine.hasWork()) {
                engine.step();
            }
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        double median = seconds[PREFILLS / 2];
        return new BenchReport.Prefill(length, length / median, median, use(roofline.prefill(length), median));
    }

    private BenchReport.Use use(Roofline.Need need, double seconds) {
        return new BenchReport.Use(
                need.bytes() / seconds, need.operations() / seconds, roofline.seconds(need) / seconds);
    }

    private BenchReport.Requests requests(BenchPlan plan) {
        int concurrency = plan.mostSequences();
        int prompt = plan.contexts().getFirst();
        Engine engine = new Engine(runner, "bench", settings);
        long start = System.nanoTime();
        int sent = 0;
        int running = 0;
        long generated = 0;
        while (sent < plan.requests() || engine.hasWork()) {
            while (sent < plan.requests() && running < concurrency) {
                add(engine, prompt, plan.output());
                sent++;
                running++;
            }
            List<TokenDelta> deltas = engine.step();
            generated += tokens(deltas);
            running -= (int)
                    deltas.stream().filter(delta -> delta.finish().isPresent()).count();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new BenchReport.Requests(
                plan.requests(), concurrency, prompt, plan.output(), seconds, generated / seconds);
    }

    private static int tokens(List<TokenDelta> deltas) {
        return deltas.stream().mapToInt(delta -> delta.tokens().size()).sum();
    }

    private void add(Engine engine, int length, int maxTokens) {
        int[] prompt = random.ints(length, FIRST_TOKEN_ID, runner.vocabSize()).toArray();
        AddResult result = engine.add(new GenerationRequest(
                "bench-" + requests++, TokenIds.of(prompt), 1, Sampling.greedy(maxTokens, List.of()), ""));
        if (result instanceof AddResult.Refused refused) {
            throw new IllegalStateException("the engine refused a request: " + refused);
        }
    }
}
