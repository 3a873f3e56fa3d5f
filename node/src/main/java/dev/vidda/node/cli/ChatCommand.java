package dev.vidda.node.cli;

import dev.vidda.node.NodeReady;
import dev.vidda.node.chat.ChatClient;
import dev.vidda.node.chat.ChatLoop;
import dev.vidda.node.chat.ChatOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vidda chat}: a conversation in the terminal. */
@Command(
        name = "chat",
        description = {
            "Chats in the terminal, with a server of its own or with one that runs (--url).",
            "",
            "With MESSAGE, or with text on standard input that is not a terminal, gives one answer and ends. Ctrl-C breaks "
                    + "off an answer; at the prompt it leaves, as do /exit and Ctrl-D. /reset forgets the conversation."
        },
        sortOptions = false,
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  OPENAI_API_KEY   sent to the server of --url as a bearer token",
            "",
            "Examples:",
            "  vidda chat",
            "  vidda chat 'Solve 3x + 5 = 20.'",
            "  vidda chat --url http://localhost:8080 < question.txt"
        })
final class ChatCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MESSAGE", arity = "0..*", description = "Answer this and end.")
    private List<String> message = List.of();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Address of a running server with the OpenAI API (default: start one in this process).")
    private @Nullable URI url;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message (default: the model's own).")
    private @Nullable String system;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 for the most likely tokens (default: the model's own).")
    private @Nullable Double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Draw among the most likely tokens whose probability reaches P (default: the model's own).")
    private @Nullable Double topP;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The most tokens of an answer (default: as many as fit).")
    private @Nullable Integer maxTokens;

    @Option(names = "--seed", paramLabel = "N", description = "Makes answers repeatable (default: random).")
    private @Nullable Long seed;

    @Option(names = "--no-stats", description = "Do not show tokens per second after an answer.")
    private boolean noStatistics;

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (url != null) {
            return talk(url);
        }
        Map<String, Object> here = Map.of(
                "vidda.gateway.host", "127.0.0.1", "vidda.gateway.port", 0, "vidda.gateway.shutdown-timeout", "0s");
        PrintWriter err = spec.commandLine().getErr();
        Server server = new Server(options.settings(here), err);
        try {
            server.start();
            Optional<NodeReady> ready = server.awaitReady();
            return ready.isPresent()
                    ? talk(URI.create(StartReport.url(ready.get().address(), false)))
                    : 0;
        } finally {
            server.stop();
        }
    }

    private int talk(URI server) {
        Terminal terminal = Terminal.current();
        boolean one = !message.isEmpty() || !terminal.in();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ChatClient client = new ChatClient(server, Optional.ofNullable(System.getenv("OPENAI_API_KEY")))) {
            Signals.on("INT", () -> {
                if (!client.cancel()) {
                    err.println();
                    Runtime.getRuntime().halt(0);
                }
            });
            String model = client.firstModel();
            ChatLoop loop = new ChatLoop(
                    client, model, chatOptions(), new ChatLoop.Screen(out, err, !one, !noStatistics && terminal.err()));
            if (one) {
                loop.answer(message.isEmpty() ? standardInput() : String.join(" ", message));
            } else {
                err.println("Chatting with " + model + "; /help shows what else can be typed.");
                err.flush();
                loop.run(reader());
            }
            return 0;
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private ChatOptions chatOptions() {
        return new ChatOptions(
                Optional.ofNullable(system),
                temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature),
                topP == null ? OptionalDouble.empty() : OptionalDouble.of(topP),
                maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
    }

    private static String standardInput() throws IOException {
        String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            throw new CommandFailure("standard input is empty: nothing to answer");
        }
        return text;
    }

    private static BufferedReader reader() {
        return new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    }
}
