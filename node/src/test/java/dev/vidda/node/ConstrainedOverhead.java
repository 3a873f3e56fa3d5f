package dev.vidda.node;

import com.sun.management.OperatingSystemMXBean;
import dev.vidda.gateway.schema.Rules;
import dev.vidda.gateway.schema.SchemaCompiler;
import dev.vidda.gateway.text.ModelText;
import dev.vidda.protocol.Constraint;
import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.grammar.GrammarText;
import dev.vidda.worker.constraint.Constraints;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.engine.Engine;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.model.DeviceModelRunner;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.Models;
import dev.vidda.worker.weights.LoadProgress;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Not a test: prints what a constraint costs, in processor time a token, against free text of the same lengths on the same
 * engine. Argument: the demo model's directory.
 */
final class ConstrainedOverhead {
    private static final int SCHEMAS = 24;
    private static final int ROUNDS = 4;

    private ConstrainedOverhead() {}

    private record Run(int tokens, double cpuMicros, Map<String, Integer> lengths) {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        ModelText text = ModelText.load(directory);
        LoadSettings settings =
                new LoadSettings("cpu", new DeviceSettings(0, 1), 0, new KvMemory.Bytes(64 << 20), 256, 16);
        DeviceModelRunner runner = Models.load(directory, settings, LoadProgress.NONE);
        EngineSettings engineSettings = new EngineSettings(256, 16, 0.25, 3, 0, false, false, 0);
        Engine engine = new Engine(
                runner,
                "demo",
                engineSettings,
                new Constraints(CompletableFuture.completedFuture(new ModelVocabulary(text))));
        for (int batch : new int[] {1, 16}) {
            for (int round = 0; round < ROUNDS; round++) {
                Run constrained = run(engine, text, batch, Map.of());
                Run free = run(engine, text, batch, constrained.lengths());
                System.out.printf(
                        "batch %2d round %d: %5d tokens, %.1f us of CPU a token constrained, %.1f free, %+.2f %%%n",
                        batch,
                        round,
                        constrained.tokens(),
                        constrained.cpuMicros() / constrained.tokens(),
                        free.cpuMicros() / free.tokens(),
                        100 * (constrained.cpuMicros() / constrained.tokens() * free.tokens() / free.cpuMicros() - 1));
            }
        }
        engine.close();
    }

    /** @param lengths of free texts; empty for constrained ones */
    private static Run run(Engine engine, ModelText text, int batch, Map<String, Integer> lengths) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        TokenIds prompt = TokenIds.of(text.tokenizer().encode("<|im_start|>user\nGive JSON<|im_end|>\n", false));
        List<Integer> ends = List.copyOf(text.eosIds());
        Map<String, Integer> counts = new HashMap<>();
        List<GenerationRequest> waiting = new ArrayList<>();
        for (int seed = 0; seed < SCHEMAS; seed++) {
            String id = "r" + seed;
            boolean free = !lengths.isEmpty();
            Rules rules = new Rules();
            String grammar =
                    GrammarText.print(rules.grammar(new SchemaCompiler(rules, RandomSchemas.of(seed)).compile()));
            Sampling sampling = new Sampling(
                    1,
                    0,
                    1,
                    0,
                    1,
                    0,
                    0,
                    Map.of(),
                    seed,
                    free ? List.of() : ends,
                    0,
                    free ? lengths.getOrDefault(id, 200) : 200,
                    -1);
            waiting.add(new GenerationRequest(
                    id,
                    prompt,
                    1,
                    sampling,
                    "",
                    List.of(),
                    free ? Optional.empty() : Optional.of(new Constraint(grammar, ends))));
        }
        int tokens = 0;
        int running = 0;
        long before = system.getProcessCpuTime();
        while (engine.hasWork() || !waiting.isEmpty()) {
            while (running < batch && !waiting.isEmpty()) {
                engine.add(waiting.removeFirst());
                running++;
            }
            for (TokenDelta delta : engine.step()) {
                counts.merge(delta.requestId(), delta.tokens().size(), Integer::sum);
                tokens += delta.tokens().size();
                running -= delta.finish().isPresent() ? 1 : 0;
            }
        }
        return new Run(tokens, (system.getProcessCpuTime() - before) / 1000.0, counts);
    }
}
