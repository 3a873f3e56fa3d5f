package dev.vidda.node.cli;

import dev.vidda.node.NodeReady;
import dev.vidda.node.NodeSettings;
import dev.vidda.node.chat.ChatAnswer;
import dev.vidda.node.chat.ChatClient;
import dev.vidda.node.chat.ChatMessage;
import dev.vidda.node.chat.ChatOptions;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vidda warm-up}: the short session that the launcher lets the JVM record for its ahead-of-time cache. */
@Command(
        name = "warm-up",
        hidden = true,
        description = "Starts a server, asks it one question, and ends. The launcher uses it to prepare a fast start.",
        footerHeading = "%nExamples:%n",
        footer = "  vidda warm-up")
final class WarmUpCommand implements Callable<Integer> {
    private static final ChatOptions SHORT = new ChatOptions(
            Optional.empty(), OptionalDouble.of(0), OptionalDouble.empty(), OptionalInt.of(64), OptionalLong.empty());

    @Mixin
    private ServerOptions options = new ServerOptions();

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        NodeSettings settings = options.settings(Map.of(
                "vidda.gateway.security.keys-file", "",
                "vidda.gateway.security.api-keys", "",
                "vidda.gateway.security.admin-keys", "",
                "vidda.gateway.security.tls.certificate", "",
                "vidda.gateway.security.tls.key", "",
                "vidda.gateway.host", "127.0.0.1",
                "vidda.gateway.port", 0,
                "vidda.node.model.kv-memory", "64MiB"));
        Server server = new Server(settings, spec.commandLine().getErr());
        try {
            server.start();
            Optional<NodeReady> ready = server.awaitReady();
            if (ready.isPresent()) {
                spec.commandLine().getOut().print(StartReport.of(settings, ready.get()));
                ask(URI.create(StartReport.url(ready.get().address(), false)));
            }
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } finally {
            server.stop();
        }
        return 0;
    }

    private void ask(URI url) throws IOException {
        try (ChatClient client = new ChatClient(url, Optional.empty())) {
            ChatAnswer answer = client.ask(
                    client.firstModel(),
                    List.of(new ChatMessage("user", "Solve 3x + 5 = 20.")),
                    SHORT,
                    spec.commandLine().getOut()::print);
            spec.commandLine().getOut().println("\n" + answer.summary());
        }
    }
}
