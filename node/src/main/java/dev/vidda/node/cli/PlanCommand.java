package dev.vidda.node.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vidda.gateway.admin.plan.GpuType;
import dev.vidda.gateway.admin.plan.ModelFacts;
import dev.vidda.gateway.admin.plan.Plan;
import dev.vidda.gateway.admin.plan.PlanJson;
import dev.vidda.gateway.admin.plan.PlanRequest;
import dev.vidda.gateway.admin.plan.PlanTables;
import dev.vidda.gateway.admin.plan.PlanText;
import dev.vidda.gateway.admin.plan.Planner;
import dev.vidda.gateway.admin.plan.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vidda plan}: what fits onto which GPU, before one is bought. */
@Command(
        name = "plan",
        description = {
            "Says which GPU holds a model, how many requests run at a time, and how fast.",
            "",
            "For each known GPU, or for one: what weights, workspace and KV cache take, and the speed, at most by the data sheet "
                    + "and as expected. Needs neither GPU nor server; a running one answers the same at /admin/plan. It plans "
                    + "also for what Vidda does not serve yet, and says so."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the plan was made, or with --gpu: it fits",
            "1:with --gpu: it does not fit",
            "2:wrong command line"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda plan Qwen3-4B --context 8192 --concurrency 32",
            "  vidda plan Llama-3.1-70B --gpu H100 --gpus 4 --dtype fp8 --context 32768",
            "  vidda plan models/demo --concurrency 100",
            "  vidda plan --list"
        })
final class PlanCommand implements Callable<Integer> {
    private static final Map<String, String> OPTIONS = Map.of(
            "gpus", "--gpus",
            "dtype", "--dtype",
            "kvBytes", "--kv-bytes",
            "context", "--context",
            "concurrency", "--concurrency",
            "batchTokens", "--max-batch-tokens");
    private static final int CONTEXT = 4096;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "A known model (part of its name is enough), or a folder with a config.json;"
                    + " without one, the known models and GPUs are listed.")
    private @Nullable String model;

    @Option(names = "--gpu", paramLabel = "NAME", description = "One GPU only (part of its name is enough).")
    private @Nullable String gpu;

    @Option(names = "--gpus", paramLabel = "N", description = "GPUs that share one copy of the model (default: 1).")
    private int gpus = 1;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "Weights: bf16, fp8 or awq (default: bf16).")
    private String dtype = "bf16";

    @Option(names = "--kv-bytes", paramLabel = "N", description = "Bytes of an element of the KV cache (default: 2).")
    private int kvBytes = 2;

    @Option(
            names = "--context",
            paramLabel = "TOKENS",
            description = "Prompt and answer of one request (default: 4096, or the model's limit if that is less).")
    private @Nullable Integer context;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at a time (default: 1).")
    private int concurrency = 1;

    @Option(names = "--max-batch-tokens", paramLabel = "N", description = "The most tokens of a step (default: 8192).")
    private int batchTokens = PlanRequest.BATCH_TOKENS;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--list", description = "Print the known models and GPUs.")
    private boolean list;

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PlanTables tables = PlanTables.load();
        PrintWriter out = spec.commandLine().getOut();
        if (list || model == null) {
            out.println("Models, for vidda plan MODEL:");
            tables.models().values().forEach(known -> out.println("  " + known.name()));
            out.println("GPUs, for --gpu:");
            tables.gpus().values().forEach(known -> out.println("  " + known.name()));
            return 0;
        }
        try {
            ModelFacts facts = facts(tables, model);
            List<GpuType> types = gpu == null ? List.copyOf(tables.gpus().values()) : List.of(tables.gpu(gpu));
            List<Plan> plans = types.stream()
                    .map(type -> Planner.plan(request(type, facts)))
                    .toList();
            if (json) {
                plans.forEach(plan -> out.println(PlanJson.of(plan).toPrettyString()));
            } else {
                out.print(PlanText.of(plans));
            }
            return gpu == null || plans.getFirst().fits() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(inOptions(String.valueOf(e.getMessage())), e);
        }
    }

    /** A message that begins with the name of a value, with that of its option. */
    private static String inOptions(String message) {
        String name = message.split(" ", 2)[0];
        String option = OPTIONS.get(name);
        return option == null ? message : option + message.substring(name.length());
    }

    private PlanRequest request(GpuType type, ModelFacts facts) {
        return new PlanRequest(
                type,
                gpus,
                facts,
                Precision.parse(dtype),
                kvBytes,
                context == null ? Math.min(CONTEXT, facts.maxPositions()) : context,
                concurrency,
                batchTokens,
                PlanRequest.KV_SHARE);
    }

    private static ModelFacts facts(PlanTables tables, String name) throws IOException {
        Path config = Path.of(name).resolve("config.json");
        if (!Files.isRegularFile(config)) {
            config = Home.folder().resolve(name).resolve("config.json");
        }
        return Files.isRegularFile(config)
                ? ModelFacts.read(name, new ObjectMapper().readTree(config.toFile()))
                : tables.model(name);
    }
}
