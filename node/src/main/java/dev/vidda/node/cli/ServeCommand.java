package dev.vidda.node.cli;

import dev.vidda.node.NodeReady;
import dev.vidda.node.NodeSettings;
import dev.vidda.node.logging.LogFormat;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vidda serve}: one node, with all roles or some of them. */
@Command(
        name = "serve",
        description = {
            "Serves a model over the OpenAI API, with streaming: alone, or as one node of a cluster.",
            "",
            "Ctrl-C or SIGTERM stops taking requests, lets running answers finish for up to "
                    + "vidda.gateway.shutdown-timeout (30 s), and exits with 0. A second one ends it at once."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped on request",
            "1:the configuration or the machine does not allow it (see vidda config check), or the worker failed",
            "2:wrong command line"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  VIDDA_HOST, VIDDA_PORT, VIDDA_MODEL, VIDDA_MODEL_NAME, VIDDA_DEVICE, VIDDA_THREADS,",
            "  VIDDA_KV_MEMORY",
            "                    defaults for the options of the same names; an option or --config wins",
            "  VIDDA_KEYS_FILE, VIDDA_API_KEYS, VIDDA_ADMIN_KEYS, VIDDA_TLS_CERTIFICATE, VIDDA_TLS_KEY",
            "                    who may use the server, see vidda.gateway.security in its reference.conf",
            "  VIDDA_JAVA_OPTS   more options for the JVM, such as -Xmx8g",
            "",
            "Examples:",
            "  vidda serve",
            "  vidda serve --model models/Qwen3-0.6B --memory 4GiB --max-model-len 8192",
            "  vidda serve --host 0.0.0.0 --port 80 --keys conf/keys.conf",
            "  vidda serve --roles gateway,scheduler --cluster 10.0.0.1:2551 --seed 10.0.0.1:2551",
            "  vidda serve --roles worker --cluster 10.0.0.2:2551 --seed 10.0.0.1:2551"
        })
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private NodeOptions options = new NodeOptions();

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        NodeSettings settings = options.settingsForThisMachine();
        Logging.format(settings.logFormat());
        if (settings.tracing().enabled() || settings.logFormat() == LogFormat.JSON) {
            Logging.bridge();
        }
        PrintWriter err = spec.commandLine().getErr();
        Server server = new Server(settings, err);
        Interruption.stopOnSignals(server::requestStop, err);
        try {
            server.start();
            Optional<NodeReady> ready = server.awaitReady();
            if (ready.isPresent()) {
                PrintWriter out = spec.commandLine().getOut();
                out.print(StartReport.of(settings, ready.get()));
                out.flush();
                server.awaitStopRequest();
            }
        } finally {
            server.stop();
        }
        return 0;
    }
}
