package dev.vidda.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Files that a report is written to. */
final class ReportOptions {
    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Also write the report as Markdown.")
    private @Nullable Path markdown;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write the report as a page with plots.")
    private @Nullable Path html;

    /** Whether any file was asked for. */
    boolean isAsked() {
        return json != null || markdown != null || html != null;
    }

    /**
     * Finds out before a long run what would be noticed after it.
     *
     * @throws IllegalArgumentException naming a file that has no folder
     */
    void check() {
        check("--json", json);
        check("--markdown", markdown);
        check("--html", html);
    }

    /** The same for one file. */
    static void check(String option, @Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().normalize().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(option + ": there is no folder for " + file);
        }
    }

    /** @param page made only if it was asked for */
    void write(LoadReport report, Supplier<String> page) throws IOException {
        if (json != null) {
            Files.writeString(json, report.json());
        }
        if (markdown != null) {
            Files.writeString(markdown, report.markdown());
        }
        if (html != null) {
            Files.writeString(html, page.get());
        }
    }
}
