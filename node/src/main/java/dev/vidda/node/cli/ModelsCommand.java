package dev.vidda.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vidda.node.ModelSettings;
import dev.vidda.worker.weights.CheckpointException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vidda models}: what checkpoints are and what they need. */
@Command(
        name = "models",
        description = {
            "Shows what a checkpoint is, and how long a context fits into memory with it.",
            "",
            "DIR is a checkpoint, or a folder of checkpoints, which are listed."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  vidda models                                      all models below ./models",
            "  vidda models models/Qwen3-4B --memory 24GiB       does it fit into an RTX 4090?",
            "  vidda models models/Qwen3-4B --kv-dtype fp8 --json"
        })
final class ModelsCommand implements Callable<Integer> {
    /** Element types of a KV cache. */
    enum KvType {
        FP32(4),
        BF16(2),
        FP16(2),
        FP8(1);

        private final int bytes;

        KvType(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }
    }

    @Parameters(paramLabel = "DIR", arity = "0..*", description = "Checkpoints or folders of them (default: models).")
    private List<Path> directories = List.of();

    @Option(
            names = "--memory",
            paramLabel = "BYTES",
            description = "Memory for weights and KV cache together, such as 24GiB (default: all of this machine's).")
    private String memory = "";

    @Option(
            names = "--kv-dtype",
            paramLabel = "TYPE",
            defaultValue = "bf16",
            description = "Element type of the KV cache: ${COMPLETION-CANDIDATES}; the cpu device keeps fp32 (default:"
                    + " ${DEFAULT-VALUE}).")
    private KvType kvType = KvType.BF16;

    @Option(names = "--json", description = "Print JSON: one array with one object a checkpoint; sizes in bytes.")
    private boolean json;

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<Path> roots = directories.isEmpty() ? List.of(ModelSettings.find("models", Home.folder())) : directories;
        List<Path> checkpoints =
                roots.stream().flatMap(ModelsCommand::checkpoints).toList();
        if (checkpoints.isEmpty()) {
            throw new CommandFailure("no checkpoint in " + roots + ": none has a config.json");
        }
        long bytes = MachineMemory.parse(memory, spec.commandLine());
        PrintWriter out = spec.commandLine().getOut();
        if (checkpoints.size() == 1) {
            CheckpointSummary only = summary(checkpoints.getFirst(), bytes);
            out.print(json ? json(List.of(only)) : only.describe());
        } else if (json) {
            out.print(json(checkpoints.stream().map(dir -> summary(dir, bytes)).toList()));
        } else {
            out.print(table(checkpoints, bytes));
        }
        out.flush();
        return 0;
    }

    private CheckpointSummary summary(Path directory, long bytes) {
        try {
            return CheckpointSummary.of(directory, kvType.bytes(), bytes);
        } catch (CheckpointException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private String table(List<Path> checkpoints, long bytes) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-36s %-22s %10s %10s %9s %9s%n",
                "MODEL",
                "ARCHITECTURE",
                "PARAMETERS",
                "WEIGHTS",
                "CONTEXT",
                "FITS"));
        for (Path directory : checkpoints) {
            try {
                table.append(
                        CheckpointSummary.of(directory, kvType.bytes(), bytes).row());
            } catch (CheckpointException e) {
                table.append(String.format(Locale.ROOT, "%-36s cannot be served: %s%n", directory, e.getMessage()));
            }
        }
        return table.toString();
    }

    private static String json(List<CheckpointSummary> summaries) {
        ObjectMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        try {
            return mapper.writeValueAsString(
                            summaries.stream().map(CheckpointSummary::fields).toList())
                    + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a summary is plain JSON", e);
        }
    }

    private static Stream<Path> checkpoints(Path root) {
        if (!Files.isDirectory(root)) {
            throw new CommandFailure(root + " is not a folder");
        }
        if (Files.isRegularFile(root.resolve("config.json"))) {
            return Stream.of(root);
        }
        try (Stream<Path> inside = Files.list(root)) {
            List<Path> found = inside.filter(dir -> Files.isRegularFile(dir.resolve("config.json")))
                    .sorted()
                    .toList();
            return found.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
