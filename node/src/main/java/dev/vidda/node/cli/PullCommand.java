package dev.vidda.node.cli;

import dev.vidda.node.ByteSize;
import dev.vidda.node.hub.Download;
import dev.vidda.node.hub.FileFilter;
import dev.vidda.node.hub.Hub;
import dev.vidda.node.hub.HubFile;
import dev.vidda.node.hub.HubListing;
import dev.vidda.node.hub.HubRepository;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vidda pull}: downloads a model. */
@Command(
        name = "pull",
        description = {
            "Downloads a model from a Hugging Face-compatible hub.",
            "",
            "Files that are already there with the right content are kept. A download that was broken off is resumed. Every "
                    + "file is checked against the hub's hash and appears under its name only when it is whole."
        },
        sortOptions = false,
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  HF_TOKEN      access token for private and gated models; sent to the hub's own host only",
            "  HF_ENDPOINT   address of the hub (default: https://huggingface.co)",
            "",
            "Behind a proxy: VIDDA_JAVA_OPTS='-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT'.",
            "",
            "Examples:",
            "  vidda pull Qwen/Qwen3-0.6B",
            "  vidda pull Qwen/Qwen3-4B-Instruct-2507@main --to /srv/models/qwen3-4b",
            "  vidda pull OWNER/NAME --include '*.json' --include 'tokenizer*'"
        })
final class PullCommand implements Callable<Integer> {
    private static final String DEFAULT_ENDPOINT = "https://huggingface.co";

    @Parameters(
            paramLabel = "OWNER/NAME[@REVISION]",
            description = "The model; REVISION is a branch, tag or commit (default: main).")
    private String model = "";

    @Option(names = "--to", paramLabel = "DIR", description = "Folder for the files (default: models/NAME).")
    private @Nullable Path to;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description =
                    "Take only files whose path matches; * also matches slashes. Repeatable. Replaces the default: "
                            + "*.safetensors *.json *.txt *.jinja *.model LICENSE* at the top level.")
    private List<String> include = new ArrayList<>();

    @Option(names = "--exclude", paramLabel = "GLOB", description = "Leave out files whose path matches. Repeatable.")
    private List<String> exclude = new ArrayList<>();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "Requests at the same time (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            defaultValue = "${env:HF_ENDPOINT:-" + DEFAULT_ENDPOINT + "}",
            description = "Address of the hub (default: ${DEFAULT-VALUE}).")
    private URI endpoint = URI.create(DEFAULT_ENDPOINT);

    @Option(names = "--list", description = "List the files and their sizes; download nothing.")
    private boolean list;

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (connections < 1 || connections > 64) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--connections must be between 1 and 64, was " + connections);
        }
        try {
            HubRepository repository = HubRepository.parse(model);
            Hub hub = new Hub(endpoint, token(System.getenv("HF_TOKEN")), Duration.ofSeconds(30));
            HubListing listing = hub.list(repository);
            List<HubFile> wanted = listing.files().stream()
                    .filter(file -> filter().accepts(file.path()))
                    .toList();
            if (wanted.isEmpty()) {
                throw new CommandFailure("none of the " + listing.files().size() + " files of " + repository
                        + " is chosen; --list and --include '*' show all");
            }
            if (list) {
                PrintWriter out = spec.commandLine().getOut();
                wanted.forEach(file -> out.printf("%10s  %s%n", size(file), file.path()));
            } else {
                download(hub, repository, listing.commit(), wanted);
            }
            return 0;
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void download(Hub hub, HubRepository repository, String commit, List<HubFile> wanted)
            throws IOException, InterruptedException {
        Path folder = to != null ? to : Path.of("models", repository.name());
        PrintWriter err = spec.commandLine().getErr();
        Download.Tuning standard = Download.Tuning.DEFAULT;
        Download download = new Download(
                hub,
                repository,
                commit,
                folder,
                new Download.Tuning(
                        connections, standard.segmentBytes(), standard.retries(), standard.firstPauseMillis()));
        List<HubFile> missing = download.missing(wanted);
        if (missing.isEmpty()) {
            err.println(folder + " is complete and up to date (" + wanted.size() + " files)");
            return;
        }
        long total =
                missing.stream().mapToLong(file -> Math.max(0, file.size())).sum();
        requireRoom(folder, total);
        err.println("pulling " + repository + " (" + missing.size() + " files, " + ByteSize.format(total) + ") to "
                + folder);
        try (ProgressBar bar = new ProgressBar(repository.name(), total, err, Terminal.current())) {
            download.run(missing, bar::advance);
        }
        err.println("done. To serve it:  vidda serve --model " + folder);
    }

    private static void requireRoom(Path folder, long bytes) throws IOException {
        Files.createDirectories(folder);
        long free = Files.getFileStore(folder).getUsableSpace();
        long parts = partBytes(folder);
        if (bytes > free + parts) {
            throw new CommandFailure("the disk of " + folder + " has " + ByteSize.format(free)
                    + " free, the download needs " + ByteSize.format(bytes - parts));
        }
    }

    private static long partBytes(Path folder) throws IOException {
        long sum = 0;
        try (var files = Files.walk(folder)) {
            for (Path part :
                    (Iterable<Path>) files.filter(file -> file.toString().endsWith(".part"))::iterator) {
                sum += Files.size(part);
            }
        }
        return sum;
    }

    private FileFilter filter() {
        FileFilter standard = FileFilter.MODEL;
        List<String> excluded = new ArrayList<>(exclude);
        if (include.isEmpty()) {
            excluded.addAll(standard.exclude());
        }
        return new FileFilter(include.isEmpty() ? standard.include() : include, excluded);
    }

    private static Optional<String> token(@Nullable String value) {
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static String size(HubFile file) {
        return file.size() < 0 ? "?" : ByteSize.format(file.size());
    }
}
