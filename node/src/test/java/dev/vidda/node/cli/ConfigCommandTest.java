package dev.vidda.node.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

final class ConfigCommandTest {
    private static final Path ROOT = Path.of(System.getProperty("vidda.root", ".."));

    private static final String HOME = "vidda.home";
    private static final String HOME_BEFORE = System.getProperty(HOME, "");

    @TempDir
    private Path folder;

    @BeforeAll
    static void beAtHome() {
        System.setProperty(HOME, ROOT.toString());
    }

    @AfterAll
    static void leaveHome() {
        System.setProperty(HOME, HOME_BEFORE);
    }

    @Test
    void configTakesEveryOptionOfServe() {
        Set<String> served = subcommand(Vidda.commandLine(), "serve")
                .getCommandSpec()
                .optionsMap()
                .keySet();

        assertThat(subcommand(Vidda.commandLine(), "config").getSubcommands().values())
                .hasSize(2)
                .allSatisfy(command ->
                        assertThat(command.getCommandSpec().optionsMap()).containsKeys(served.toArray(String[]::new)));
    }

    private static CommandLine subcommand(CommandLine of, String name) {
        return Objects.requireNonNull(of.getSubcommands().get(name));
    }

    /**
     * A mistake.
     *
     * @param configuration lines of HOCON
     * @param expected what the line about it says: key, value, what is wrong, what to do
     */
    private record Mistake(String name, String configuration, String... expected) {}

    private static final List<Mistake> IN_A_FILE = List.of(
            new Mistake(
                    "an unknown key",
                    "vidda.gateway.prot = 1234",
                    "vidda.gateway.prot = 1234 (",
                    "mistake.conf: 1): there is no such key; did you mean vidda.gateway.port?"),
            new Mistake(
                    "a key in the wrong section",
                    "vidda.gateway.prefix-cache = off",
                    "vidda.gateway.prefix-cache = \"off\"",
                    "there is no such key; did you mean vidda.worker.prefix-cache?"),
            new Mistake(
                    "an unknown section",
                    "vidda.shedule { line = 3 }",
                    "vidda.shedule.line = 3",
                    "there is no such key; remove it"),
            new Mistake(
                    "a misspelt root",
                    "vidaa.gateway.port = ${HOME}",
                    "vidaa.gateway.port = ",
                    "there is no such key; did you mean vidda.gateway.port?"),
            new Mistake(
                    "a root that nobody reads",
                    "server { port = 1234 }",
                    "server.port = 1234 (",
                    "there is no such key; did you mean vidda.gateway.port?"),
            new Mistake("an empty root", "akkaa {}", "akkaa = {} (", "there is no such key; did you mean akka?"),
            new Mistake(
                    "a duration without unit",
                    "vidda.gateway.keep-alive = 75",
                    "vidda.gateway.keep-alive = 75",
                    "has no unit; write a number with ms, s, m"),
            new Mistake(
                    "a duration with a wrong unit",
                    "vidda.worker.report-interval = 10 ticks",
                    "vidda.worker.report-interval = \"10 ticks\"",
                    "is not a duration; write a number with"),
            new Mistake(
                    "a size with a wrong unit",
                    "vidda.gateway.max-body = 16 megs",
                    "vidda.gateway.max-body = \"16 megs\"",
                    "is not a size; write a number with"),
            new Mistake(
                    "a text for a number",
                    "vidda.gateway.max-connections = many",
                    "vidda.gateway.max-connections = \"many\"",
                    "is not a whole number; write it without unit"),
            new Mistake(
                    "a fraction of a sequence",
                    "vidda.worker.max-batch-sequences = 8.5",
                    "vidda.worker.max-batch-sequences = 8.5",
                    "is not a whole number; write it"),
            new Mistake(
                    "a text for a switch",
                    "vidda.worker.prefix-cache = perhaps",
                    "vidda.worker.prefix-cache = \"perhaps\"",
                    "is not true or false; write true or false"),
            new Mistake(
                    "a number out of bounds",
                    "vidda.gateway.port = 70000",
                    "vidda.gateway.port = 70000",
                    "must be between 0 and 65535; choose another value; the default is 8080"),
            new Mistake(
                    "a share out of bounds",
                    "vidda.worker.oldest-prefill-share = 2",
                    "vidda.worker.oldest-prefill-share = 2",
                    "must be in (0, 1]; choose another value"),
            new Mistake(
                    "two values that do not go together",
                    "vidda.worker.max-batch-sequences = 1000",
                    "vidda.worker.max-batch-sequences = 1000",
                    "max-batch-tokens must be at least max-batch-sequences (1000); choose another value"),
            new Mistake(
                    "a memory that is no size",
                    "vidda.node.model.kv-memory = plenty",
                    "vidda.node.model.kv-memory = \"plenty\"",
                    "must be auto, a size such as 2GiB or a share in (0, 1]",
                    "choose another value"),
            new Mistake(
                    "a broken file",
                    "vidda.gateway { port = 1",
                    "mistake.conf: ",
                    "expecting",
                    "correct the HOCON there"),
            new Mistake(
                    "a variable that is not set",
                    "vidda.node.model.name = ${NO_SUCH_VARIABLE_HERE}",
                    "mistake.conf: 1",
                    "${NO_SUCH_VARIABLE_HERE}; set that variable"),
            new Mistake(
                    "a missing include",
                    "include required(\"common.conf\")",
                    "common.conf: there is no such file; give its path"),
            new Mistake(
                    "a host without address",
                    "vidda.gateway { host = \"no such host\", port = 0 }",
                    "vidda.gateway.host = \"no such host\"",
                    "has no address; correct it"),
            new Mistake(
                    "an address of another machine",
                    "vidda.gateway { host = \"192.0.2.1\", port = 0 }",
                    "vidda.gateway.host = \"192.0.2.1\"",
                    "this machine has no such address; give one of its own"),
            new Mistake(
                    "a device that does not exist",
                    "vidda { gateway.port = 0, node.model.device = tpu }",
                    "vidda.node.model.device = \"tpu\"",
                    "unknown device tpu",
                    "use auto or cpu"),
            new Mistake(
                    "too little memory",
                    "vidda { gateway.port = 0, node.model.kv-memory = 900TiB }",
                    "vidda.node.model.kv-memory = \"900TiB\"",
                    "are free",
                    "give it less, or a share such as 0.5"),
            new Mistake(
                    "a context the model was not made for",
                    "vidda { gateway.port = 0, node.model.max-length = 100000000 }",
                    "vidda.node.model.max-length = 100000000",
                    "the model was made for sequences of at most",
                    "lower it"),
            new Mistake(
                    "a model that is not there",
                    "vidda { gateway.port = 0, node.model.path = models/none }",
                    "vidda.node.model.path = \"models/none\"",
                    "there is no such folder",
                    "'vidda pull' downloads one"));

    @TestFactory
    Stream<DynamicTest> aMistakeIsOneLineWithKeyValueAndRemedy() {
        return IN_A_FILE.stream()
                .map(mistake -> DynamicTest.dynamicTest(mistake.name(), () -> {
                    Path file = Files.writeString(folder.resolve("mistake.conf"), mistake.configuration() + "\n");
                    assertOneLine(check("--config", file.toString()), mistake.expected());
                }));
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertOneLine(
                    check("--port", port),
                    "vidda.gateway.port = " + port + " (command line)",
                    "cannot listen on 127.0.0.1:" + port,
                    "take another port");
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertOneLine(
                check("--config", folder.resolve("none.conf").toString()),
                "none.conf",
                "there is no such file; give the path");
    }

    @Test
    void aFolderInThePlaceOfAFileIsNamed() {
        assertOneLine(check("--config", folder.toString()), "--config = ", "cannot read it as a file; check");
    }

    @Test
    void aFileInThePlaceOfAModelIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("model"), "no folder");
        assertOneLine(
                check("--model", file.toString(), "--port", "0"), "vidda.node.model.path", "this is no folder; give");
    }

    @Test
    void aModelWithoutWeightsIsNamed() throws IOException {
        for (String name : new String[] {"config.json", "tokenizer.json"}) {
            Files.copy(ROOT.resolve("models/demo").resolve(name), folder.resolve(name));
        }
        assertOneLine(
                check("--model", folder.toString(), "--port", "0"),
                "vidda.node.model.path",
                "safetensors",
                "vidda pull");
    }

    @Test
    void allMistakesAreToldAtOnce() throws IOException {
        Path file = Files.writeString(
                folder.resolve("three.conf"),
                "vidda { gateway { prot = 1, port = -1 }, worker.max-preemptions = -1, scheduler.retry-after.memory = 0s }");

        assertThat(check("--config", file.toString()).err().lines())
                .hasSize(4)
                .allMatch(line -> line.startsWith("vidda: vidda."));
    }

    @Test
    void aConfigurationWithoutMistakeIsOk() {
        Outcome outcome = check("--port", "0", "--max-num-seqs", "4");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).startsWith("ok: 2 of ");
    }

    @Test
    void servingRefusesTheSame() throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.conf"), "vidda.gateway.prot = 1");

        assertOneLine(Outcome.of("serve", "--config", file.toString()), "vidda.gateway.prot = 1", "did you mean");
    }

    @Test
    void whatIsShownIsAConfigurationItself() throws IOException {
        Outcome shown = Outcome.of("config", "show", "--effective", "--max-num-seqs", "7", "--memory", "64MiB");
        Path file = Files.writeString(folder.resolve("shown.conf"), shown.out());

        assertThat(shown.out()).containsPattern("vidda.worker.max-batch-sequences = 7 +# command line");
        assertThat(shown.out()).containsPattern("vidda.gateway.backlog = 1024 +# default");
        Outcome again = Outcome.of("config", "show", "--effective", "--config", file.toString());
        assertThat(settings(again)).isEqualTo(settings(shown));
    }

    @Test
    void onlyWhatIsSetIsShownUnlessAllIsAskedFor() {
        Outcome shown = Outcome.of("config", "show", "--max-num-seqs", "7");

        assertThat(settings(shown)).containsExactly("vidda.worker.max-batch-sequences = 7");
    }

    private static List<String> settings(Outcome shown) {
        return shown.out().lines().map(line -> line.replaceFirst(" +# .*", "")).toList();
    }

    private static Outcome check(String... options) {
        List<String> all = new ArrayList<>(List.of("config", "check"));
        all.addAll(List.of(options));
        return Outcome.of(all.toArray(String[]::new));
    }

    private static void assertOneLine(Outcome outcome, String... expected) {
        assertThat(outcome.err().strip().lines()).as("%s", outcome.err()).hasSize(1);
        assertThat(outcome.err()).startsWith("vidda: ").contains(expected);
        assertThat(outcome.exitCode()).isEqualTo(1);
    }
}
