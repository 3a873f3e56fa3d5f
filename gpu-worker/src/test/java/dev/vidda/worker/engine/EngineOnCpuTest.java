package dev.vidda.worker.engine;

import dev.vidda.protocol.GenerationRequest;
import dev.vidda.protocol.Sampling;
import dev.vidda.protocol.TokenDelta;
import dev.vidda.protocol.TokenIds;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.Models;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.weights.LoadProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A real model in a crowded pool: tokens and log probabilities keep their bits. */
class EngineOnCpuTest {
    private static final int VOCAB = 331;
    private static final long BYTES_FOR_A_FEW_SEQUENCES = 400_000;

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "llama3", "mistral"})
    void cacheChunksCompanyPreemptionSwappingAndLookaheadDoNotChangeABit(String model) {
        Path directory = Path.of("src/test/resources/golden", model);
        LoadSettings load = new LoadSettings(
                "cpu", new DeviceSettings(0, 2), 256, new KvMemory.Bytes(BYTES_FOR_A_FEW_SEQUENCES), 256, 16);
        List<GenerationRequest> requests = requests();
        try (ModelRunner runner = Models.load(directory, load, LoadProgress.NONE)) {
            Map<String, List<TokenDelta>> expected = new TreeMap<>();
            for (GenerationRequest request : requests) {
                Engine alone = new Engine(runner, model, new EngineSettings(256, 1, 1, 3, 0, false));
                expected.putAll(run(alone, List.of(request)));
            }
            assertSameInACrowd(runner, model, requests, expected, 0);
            assertSameInACrowd(new LookaheadRunner(runner), model, requests, expected, 0);
            assertSameInACrowd(new LookaheadRunner(runner), model, requests, expected, 1 << 20);
        }
    }

    private static void assertSameInACrowd(
            ModelRunner runner,
            String model,
            List<GenerationRequest> requests,
            Map<String, List<TokenDelta>> expected,
            long swapBytes) {
        Engine crowded = new Engine(runner, model, new EngineSettings(48, 16, 0.25, 2, 0, true, true, swapBytes));
        assertThat(run(crowded, requests)).isEqualTo(expected);
        assertThat(crowded.stats().preemptions()).isPositive();
        assertThat(crowded.stats().swaps() > 0).isEqualTo(swapBytes > 0);
        assertThat(crowded.stats().cachedTokens()).isPositive();
        assertThat(crowded.stats().usedBlocks()).isZero();
    }

    /** What each sequence was given, without what may differ: cached tokens and preemptions. */
    private static Map<String, List<TokenDelta>> run(Engine engine, List<GenerationRequest> requests) {
        requests.forEach(request -> assertThat(engine.add(request)).isEqualTo(new AddResult.Added()));
        Map<String, List<TokenDelta>> deltas = new TreeMap<>();
        while (engine.hasWork()) {
            for (TokenDelta delta : engine.step()) {
                deltas.computeIfAbsent(delta.requestId() + "/" + delta.choice(), key -> new ArrayList<>())
                        .add(new TokenDelta(
                                delta.requestId(),
                                delta.choice(),
                                delta.firstIndex(),
                                delta.tokens(),
                                delta.logprobs(),
                                Optional.empty()));
            }
        }
        return deltas;
    }

    private static List<GenerationRequest> requests() {
        SplittableRandom random = new SplittableRandom(11);
        int[] common = random.ints(200, 2, VOCAB).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            int length = random.nextInt(1, 150);
            int shared = random.nextInt(length);
            int[] prompt = new int[length];
            System.arraycopy(common, 0, prompt, 0, shared);
            for (int k = shared; k < length; k++) {
                prompt[k] = random.nextInt(2, VOCAB);
            }
            Sampling sampling = new Sampling(
                    i % 3, 0, 0.95f, 0, 1.05f, 0, 0.1f, Map.of(), i, List.of(1), 5, random.nextInt(1, 80), 3);
            requests.add(Requests.request("r" + i, TokenIds.of(prompt), 1 + i % 2, sampling));
        }
        return requests;
    }
}
