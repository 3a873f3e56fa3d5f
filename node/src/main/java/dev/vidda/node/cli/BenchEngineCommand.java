package dev.vidda.node.cli;

import dev.vidda.node.Memory;
import dev.vidda.node.ModelSettings;
import dev.vidda.worker.bench.BenchFormat;
import dev.vidda.worker.bench.BenchPlan;
import dev.vidda.worker.bench.BenchReport;
import dev.vidda.worker.bench.EngineBench;
import dev.vidda.worker.device.Ceilings;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceFactory;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.Devices;
import dev.vidda.worker.engine.EngineSettings;
import dev.vidda.worker.model.DeviceModelRunner;
import dev.vidda.worker.model.KnownShape;
import dev.vidda.worker.model.KvMemory;
import dev.vidda.worker.model.LoadSettings;
import dev.vidda.worker.model.ModelConfig;
import dev.vidda.worker.model.Models;
import dev.vidda.worker.weights.CheckpointException;
import dev.vidda.worker.weights.LoadProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vidda bench engine}: the speed of a model on this machine, against what its device can do at most. */
@Command(
        name = "engine",
        description = {
            "Measures how fast this machine runs a model, without gateway and network.",
            "",
            "Decoding in batches, prompts alone and, if asked, requests that come and go. Beside each figure stands its share "
                    + "of the roofline: the least that must be read and computed, against what the device was measured to read "
                    + "and compute at most, in the same run."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:the model cannot be loaded, or a step failed", "2:wrong command line"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda bench engine --model models/demo --batch 1,8 --context 64 --output 64 --prefill 512",
            "  vidda bench engine --shape llama3-8b --device cuda --format markdown -o llama3-8b.md",
            "  vidda bench engine --shape qwen3-4b --batch 128 --output 256 --prefill none --requests 512"
        })
final class BenchEngineCommand implements Callable<Integer> {
    /** What to measure: a model that is there, or the shape of one. */
    static final class Subject {
        @Option(
                names = {"-m", "--model"},
                paramLabel = "DIR",
                description = "Folder of a Hugging Face checkpoint.")
        private @Nullable String model;

        @Option(
                names = "--shape",
                paramLabel = "NAME",
                description = "Made-up weights of a known shape: qwen3-4b or llama3-8b.")
        private @Nullable String shape;
    }

    @ArgGroup(multiplicity = "1")
    private Subject subject = new Subject();

    @Option(
            names = "--load-format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description =
                    "auto reads the weights of --model; dummy makes them up from its config.json (default: auto).")
    private String loadFormat = "auto";

    @Mixin
    private DeviceOptions deviceOptions = new DeviceOptions();

    @Mixin
    private BenchPlanOptions planOptions = new BenchPlanOptions();

    @Option(
            names = "--max-batch-tokens",
            paramLabel = "N",
            defaultValue = "8192",
            description = "The most tokens one step computes (default: ${DEFAULT-VALUE}).")
    private int maxBatchTokens = 8192;

    @Option(
            names = "--memory",
            paramLabel = "BYTES|SHARE",
            defaultValue = "0.8",
            description = "Memory for the KV cache (default: ${DEFAULT-VALUE} of what is free).")
    private String memory = "0.8";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "Of the report: text, markdown or json (default: ${DEFAULT-VALUE}).")
    private BenchFormat format = BenchFormat.TEXT;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Write the report to a file (default: to standard output).")
    private @Nullable Path file;

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        BenchPlan plan = planOptions.plan(spec.commandLine());
        OptionValues.requireFolder(spec.commandLine(), "--out", file);
        BenchReport report;
        try {
            report = measure(plan);
        } catch (DeviceException | CheckpointException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        String text = format.render(report);
        if (file == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        } else {
            Files.writeString(file, text);
        }
        return 0;
    }

    private BenchReport measure(BenchPlan plan) {
        ModelConfig config = config();
        boolean dummy = subject.shape != null || isDummy();
        DeviceSettings deviceSettings = deviceOptions.settings(dummy);
        DeviceFactory factory = Devices.find(deviceOptions.kind());
        say("measuring what " + factory.name() + " can do at most");
        Ceilings ceilings = factory.ceilings(deviceSettings);
        int tokens = Math.max(maxBatchTokens, plan.mostSequences());
        LoadSettings load = new LoadSettings(
                deviceOptions.kind(),
                deviceSettings,
                Math.min(plan.longest(), config.maxPositions()),
                kvMemory(),
                tokens,
                plan.mostSequences());
        say("loading " + name());
        long start = System.nanoTime();
        try (DeviceModelRunner runner = subject.model != null && !dummy
                ? Models.load(directory(subject.model), load, LoadProgress.NONE)
                : Models.load(config, load, LoadProgress.NONE)) {
            double seconds = (System.nanoTime() - start) / 1e9;
            EngineBench bench = new EngineBench(runner, engine(tokens, plan.mostSequences()), ceilings, this::say);
            return bench.run(plan, name() + (dummy ? ", made-up weights" : ""), seconds, ceilings);
        }
    }

    /** As a worker's defaults are, but that no prefix is kept: the prompts are random. */
    private static EngineSettings engine(int tokens, int sequences) {
        return new EngineSettings(tokens, sequences, 0.25, 3, 0, false, true, 0);
    }

    private ModelConfig config() {
        if (subject.shape != null) {
            String name = subject.shape;
            return KnownShape.of(name)
                    .orElseThrow(() -> OptionValues.wrong(
                            spec.commandLine(),
                            "--shape must be one of " + KnownShape.names() + ", was '" + name + "'"))
                    .config();
        }
        return ModelConfig.read(directory(String.valueOf(subject.model)));
    }

    private boolean isDummy() {
        return switch (loadFormat.toLowerCase(Locale.ROOT)) {
            case "auto" -> false;
            case "dummy" -> true;
            default ->
                throw OptionValues.wrong(
                        spec.commandLine(), "--load-format must be auto or dummy, was '" + loadFormat + "'");
        };
    }

    private KvMemory kvMemory() {
        return Memory.parse(memory)
                .orElseThrow(() -> OptionValues.wrong(
                        spec.commandLine(),
                        "--memory must be auto, a size such as 2GiB or a share such as 0.5, was " + memory));
    }

    private String name() {
        return subject.shape != null ? subject.shape + " shape" : String.valueOf(subject.model);
    }

    private static Path directory(String model) {
        return ModelSettings.find(model, Home.folder());
    }

    private void say(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(what);
        err.flush();
    }
}
