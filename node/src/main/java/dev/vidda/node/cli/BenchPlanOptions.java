package dev.vidda.node.cli;

import dev.vidda.worker.bench.BenchPlan;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What is measured of a model. */
final class BenchPlanOptions {
    @Option(
            names = "--batch",
            paramLabel = "N,...",
            defaultValue = "1,8,32,128",
            description = "Sequences that decode together (default: ${DEFAULT-VALUE}); none leaves decoding out.")
    private String batches = "1,8,32,128";

    @Option(
            names = {"--context", "--prompt"},
            paramLabel = "N,...",
            defaultValue = "128",
            description = "Tokens a sequence has when decoding begins (default: ${DEFAULT-VALUE}).")
    private String contexts = "128";

    @Option(
            names = "--output",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens that each sequence decodes while the clock runs (default: ${DEFAULT-VALUE}).")
    private int output = 128;

    @Option(
            names = "--prefill",
            paramLabel = "N,...",
            defaultValue = "2048,8192,32768",
            description =
                    "Lengths of prompts that are computed alone (default: ${DEFAULT-VALUE}); none leaves them out.")
    private String prefills = "2048,8192,32768";

    @Option(
            names = "--requests",
            paramLabel = "N",
            description =
                    "Also run N requests of the first context and the output's length, as many at a time as the largest"
                            + " batch (default: 0).")
    private int requests;

    /**
     * All of it.
     *
     * @throws CommandLine.ParameterException naming what is wrong
     */
    BenchPlan plan(CommandLine command) {
        List<Integer> sizes = OptionValues.counts("--batch", batches, command);
        try {
            return new BenchPlan(
                    sizes,
                    sizes.isEmpty() ? List.of() : OptionValues.counts("--context", contexts, command),
                    output,
                    OptionValues.counts("--prefill", prefills, command),
                    requests);
        } catch (IllegalArgumentException e) {
            throw OptionValues.wrong(command, String.valueOf(e.getMessage()));
        }
    }
}
