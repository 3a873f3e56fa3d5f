package dev.vidda.worker.engine;

import dev.vidda.protocol.MemoryUse;
import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.model.DeviceModelRunner;
import dev.vidda.worker.model.KnownShape;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.Models;
import dev.vidda.worker.weights.LoadProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Mixed load on a whole model, on a machine with a GPU and no Maven. Flags, each with a value: {@code --model DIR} (a
 * checkpoint) or {@code --dummy qwen3-4b|llama3-8b} (made-up weights of that shape),
 * {@code --device cuda}, {@code --requests 300}, {@code --longest 32768}, {@code --new 128}, {@code --seconds 180} (the load is
 * repeated until then), {@code --alone 300} (requests that are run alone, too), {@code --kv-bytes}, {@code --swap-bytes 0}, {@code --max-tokens 8192},
 * {@code --max-sequences 128}, {@code --lookahead true}, {@code --arrivals 0.3} (in a step), {@code --cancelled 0.1},
 * {@code --plain 20} (those that are run alone without lookahead, too), {@code --greedy true}, {@code --tolerance 0.05} (a token may differ below this gap of log probabilities), {@code --seed 1}.
 *
 * <p>Exits with 1 if a token differs above the tolerance, blocks do not come back, or memory in use is not what was counted.
 */
public final class MixedLoadDriver {
    private final Map<String, String> flags = new HashMap<>();

    private MixedLoadDriver(String[] args) {
        for (int i = 0; i + 1 < args.length; i += 2) {
            flags.put(args[i], args[i + 1]);
        }
    }

    public static void main(String[] args) throws IOException {
        MixedLoadDriver driver = new MixedLoadDriver(args);
        System.exit(driver.run() ? 0 : 1);
    }

    private String flag(String name, String otherwise) {
        return flags.getOrDefault("--" + name, otherwise);
    }

    private int number(String name, int otherwise) {
        return Integer.parseInt(flag(name, "" + otherwise));
    }

    private boolean run() throws IOException {
        boolean dummy = flags.containsKey("--dummy");
        int longest = number("longest", 32768);
        int mostNew = number("new", 128);
        CublasSettings cublas = CublasSettings.parse("--cublas", flag("cublas", "off"), flag("cublas-path", ""));
        LoadSettings settings = new LoadSettings(
                flag("device", "cuda"),
                new DeviceSettings(0, 0, dummy, cublas),
                longest + mostNew,
                new KvMemory.Bytes(Long.parseLong(flag("kv-bytes", "" + (12L << 30)))),
                number("max-tokens", 8192),
                number("max-sequences", 128));
        try (DeviceModelRunner runner = dummy
                ? Models.load(KnownShape.of(flag("dummy", "")).orElseThrow().config(), settings, LoadProgress.NONE)
                : Models.load(Path.of(flag("model", ".")), settings, LoadProgress.NONE)) {
            return run(runner, longest, mostNew);
        }
    }

    private boolean run(DeviceModelRunner runner, int longest, int mostNew) throws IOException {
        MixedLoad load = new MixedLoad(
                new MixedLoad.Shape(
                        number("requests", 300),
                        longest,
                        mostNew,
                        runner.vocabSize(),
                        Double.parseDouble(flag("arrivals", "0.3")),
                        Double.parseDouble(flag("cancelled", "0.1"))),
                Boolean.parseBoolean(flag("greedy", "true")),
                number("seed", 1));
        System.out.printf(
                Locale.ROOT,
                "%s, %d blocks, %s; %d requests with %d prompt tokens%n",
                runner.device(),
                runner.kvBlocks(),
                runner.memory(),
                load.size(),
                load.promptTokens());
        long began = System.nanoTime();
        Engine single = engine(runner, 1);
        Map<String, MixedLoad.Generated> alone = load.alone(single, number("alone", load.size()));
        report("alone", single, began);
        boolean good = checkLookahead(runner, load, alone);
        long until = System.nanoTime() + 1_000_000_000L * number("seconds", 180);
        int round = 0;
        do {
            began = System.nanoTime();
            Engine engine = engine(runner, number("max-sequences", 128));
            MixedLoad.Comparison comparison = load.compare(alone, load.together(engine, () -> {}));
            engine.checkIntegrity();
            report("round " + round++, engine, began);
            System.out.println("  " + comparison + ", " + memory(runner));
            good &= comparison.widestMargin() <= Double.parseDouble(flag("tolerance", "0.05"))
                    && engine.stats().usedBlocks() == 0
                    && memoryIsAsCounted(runner)
                    && engine.stats().swappedBlocks() == 0;
        } while (System.nanoTime() < until);
        return good;
    }

    /** Alone, a sequence's steps are the same with and without lookahead, so its tokens must be. */
    private boolean checkLookahead(
            DeviceModelRunner runner, MixedLoad load, Map<String, MixedLoad.Generated> withLookahead) {
        long began = System.nanoTime();
        Engine engine = engine(runner, 1, false);
        Map<String, MixedLoad.Generated> without = load.alone(engine, Math.min(number("plain", 20), load.size()));
        report("alone, without lookahead", engine, began);
        MixedLoad.Comparison comparison = load.compare(without, withLookahead);
        System.out.println("  " + comparison);
        return comparison.equal() == comparison.compared();
    }

    private Engine engine(DeviceModelRunner runner, int maxSequences) {
        return engine(runner, maxSequences, Boolean.parseBoolean(flag("lookahead", "true")));
    }

    private Engine engine(DeviceModelRunner runner, int maxSequences, boolean lookahead) {
        boolean cache = maxSequences > 1;
        return new Engine(
                runner,
                "m",
                new EngineSettings(
                        number("max-tokens", 8192),
                        maxSequences,
                        0.25,
                        3,
                        0.01,
                        cache,
                        lookahead,
                        Long.parseLong(flag("swap-bytes", "0"))));
    }

    private static void report(String what, Engine engine, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        EngineStats stats = engine.stats();
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f s, %d steps, %.0f computed and %.0f generated tokens/s, device idle %.2f %%%n  %s%n",
                what,
                seconds,
                stats.steps(),
                stats.computedTokens() / seconds,
                stats.generatedTokens() / seconds,
                100 * stats.idleShare(),
                stats);
    }

    /** Whether the GPU's memory in use is what was counted, within 2 %; only one process may use the GPU meanwhile. */
    private static boolean memoryIsAsCounted(DeviceModelRunner runner) {
        MemoryUse memory = runner.memory();
        long counted = memory.used();
        // What the card keeps for itself is not in CUDA's total, but counts as used in NVML's.
        long used = runner.health()
                .map(health -> health.memoryUsedBytes() - (health.memoryTotalBytes() - memory.total()))
                .orElse(counted);
        System.out.printf(
                Locale.ROOT, "  memory: %d counted, %d used, ratio %.4f%n", counted, used, used / (double) counted);
        return Math.abs(used - counted) <= 0.02 * counted;
    }

    /** What would grow if anything leaked. */
    private static String memory(DeviceModelRunner runner) throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
        return "heap " + ((runtime.totalMemory() - runtime.freeMemory()) >> 20) + " MiB, " + resident + ", "
                + runner.health().map(Object::toString).orElse("no sensors");
    }
}
