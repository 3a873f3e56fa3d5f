package dev.vidda.node.cli;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import static org.assertj.core.api.Assertions.assertThat;

final class ViddaTest {
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
}
