package dev.vidda.node.cli;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import static org.assertj.core.api.Assertions.assertThat;

final class ViddaTest {
    @Test
    void aMisspeltOptionIsToldFromTheOneThatWasMeant() {
        assertThat(Outcome.of("serve", "--prot", "5").err()).contains("Unknown option", "Did you mean: --port?");
        assertThat(Outcome.of("bench", "serve", "--max-token=5").err()).contains("Did you mean: --max-tokens?");
        assertThat(Outcome.of("serve", "--colour").err()).contains("--colour").doesNotContain("Did you mean");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        Outcome outcome = Outcome.of("--version");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).matches("(?s)Vidda \\d+\\.\\d+\\.\\d+\\S*\\RJava 25.*");
    }

    @Test
    void nothingToDoShowsWhatCouldBeDone() {
        Outcome outcome = Outcome.of();

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("Usage: vidda").contains("Examples:");
    }

    @Test
    void anUnknownCommandGetsASuggestion() {
        Outcome outcome = Outcome.of("pul");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("vidda pull");
    }

    @Test
    void aCommandIsTheSameAloneAndAmongAll() {
        Map<String, CommandLine> all = Vidda.commandLine().getSubcommands();

        for (Map.Entry<String, CommandLine> command : all.entrySet()) {
            if (command.getKey().equals("help")) {
                continue;
            }
            Map<String, CommandLine> alone = Vidda.commandLine(command.getKey()).getSubcommands();
            assertThat(alone).containsOnlyKeys(command.getKey());
            CommandLine one = Objects.requireNonNull(alone.get(command.getKey()));
            assertThat(one.getUsageMessage()).isEqualTo(command.getValue().getUsageMessage());
            assertThat(one.getCommandName()).isEqualTo(command.getKey());
            assertThat(one.getCommandSpec().optionsMap()).containsKey("--verbose");
        }
        assertThat(Vidda.commandLine("--verbose", "serve").getSubcommands()).containsOnlyKeys(all.keySet());
    }

    @Test
    void everyCommandExplainsItself() {
        for (Map.Entry<String, CommandLine> command :
                Vidda.commandLine().getSubcommands().entrySet()) {
            Outcome outcome = Outcome.of("help", command.getKey());
            assertThat(outcome.exitCode()).as(command.getKey()).isZero();
            if (!command.getKey().equals("help")) {
                assertThat(outcome.out()).as(command.getKey()).contains("Examples:");
            }
            for (OptionSpec option : command.getValue().getCommandSpec().options()) {
                assertThat(option.description())
                        .as("%s %s", command.getKey(), option.longestName())
                        .isNotEmpty();
            }
        }
    }

    /** Lists of commands show its first line only. */
    @Test
    void theFirstLineOfEachDescriptionIsASentence() {
        leaves(Vidda.commandLine()).forEach(command -> {
            String[] description = command.getCommandSpec().usageMessage().description();
            assertThat(description).as(command.getCommandName()).isNotEmpty();
            assertThat(description[0]).as(command.getCommandName()).endsWith(".");
        });
    }

    @Test
    void examplesFitIntoALineOfTheHelp() {
        leaves(Vidda.commandLine()).forEach(command -> {
            CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            assertThat(usage.footer())
                    .as(command.getCommandName())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThan(usage.width()));
        });
    }

    @Test
    void aWrongOptionNamesTheHelpOfItsOwnCommand() {
        assertThat(Outcome.of("bench", "serve", "--rat", "3").err()).contains("Try 'vidda bench serve --help'.");
        assertThat(Outcome.of("--nothing").err()).contains("Try 'vidda --help'.");
    }

    @ParameterizedTest
    @CsvSource({
        "--gpus=0",
        "--rate=-1",
        "--seconds=0",
        "--precision=0",
        "--kv-blocks=0",
        "--output-quantile=2",
        "--max-pending=0",
        "--soft-ttft-target=-1",
        "--agents-pause=-1",
        "--agents-skew=NaN",
        "--agents-forks=-1",
        "--json=no/such/folder/r.json"
    })
    void aSimulationThatWouldSayNothingIsRefusedByTheOption(String option) {
        Outcome outcome = Outcome.of("simulate", option);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("vidda: " + option.replaceAll("=.*", ""));
    }

    @Test
    void aPlanSaysWhatViddaDoesNotServeYet() {
        assertThat(Outcome.of("plan", "Qwen3-4B").out())
                .contains("1 request of 4,096 tokens")
                .doesNotContain("yet");
        assertThat(Outcome.of("plan", "DeepSeek-V3", "--gpus", "8", "--dtype", "fp8")
                        .out())
                .contains("FP8 weights are not served yet.")
                .contains("A model over several GPUs is not served yet.")
                .contains("deepseek-ai/DeepSeek-V3 are not served yet.");
    }

    private static Stream<CommandLine> leaves(CommandLine command) {
        Collection<CommandLine> children = command.getSubcommands().values();
        return children.isEmpty() ? Stream.of(command) : children.stream().flatMap(ViddaTest::leaves);
    }
}
