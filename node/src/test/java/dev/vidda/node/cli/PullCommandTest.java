package dev.vidda.node.cli;

import dev.vidda.node.hub.FakeHub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class PullCommandTest {
    private static final byte[] CONTENT = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void aModelIsPulledAndThenUpToDate() throws Exception {
        try (FakeHub hub = new FakeHub()
                .with("config.json", CONTENT)
                .with("README.md", CONTENT)
                .with("model.safetensors", CONTENT)) {
            String[] pull = {"pull", "owner/model", "--endpoint", hub.endpoint().toString(), "--to", folder.toString()};

            Outcome first = Outcome.of(pull);
            Outcome second = Outcome.of(pull);

            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(first.err())
                    .contains("pulling owner/model (2 files, 4 B)")
                    .contains("vidda serve --model");
            assertThat(folder.resolve("model.safetensors")).hasBinaryContent(CONTENT);
            assertThat(folder.resolve("README.md")).doesNotExist();
            assertThat(second.exitCode()).isZero();
            assertThat(second.err()).contains("up to date (2 files)");
        }
    }

    @Test
    void listingDownloadsNothing() throws Exception {
        try (FakeHub hub = new FakeHub().with("config.json", CONTENT).with("README.md", CONTENT)) {
            Outcome outcome = Outcome.of(
                    "pull",
                    "owner/model",
                    "--endpoint",
                    hub.endpoint().toString(),
                    "--list",
                    "--include",
                    "*",
                    "--to",
                    folder.toString());

            assertThat(outcome.exitCode()).isZero();
            assertThat(outcome.out()).contains("2 B  config.json").contains("2 B  README.md");
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void errorsAreOneLineAndTellWrongUseFromFailure() throws Exception {
        try (FakeHub hub = new FakeHub()) {
            Outcome failure = Outcome.of(
                    "pull", "owner/model", "--endpoint", hub.endpoint().toString());
            assertThat(failure.exitCode()).isEqualTo(1);
            assertThat(failure.err()).startsWith("vidda: none of the 0 files").hasLineCount(1);
        }
        Outcome wrongName = Outcome.of("pull", "no such name");
        assertThat(wrongName.exitCode()).isEqualTo(2);
        assertThat(wrongName.err())
                .contains("'no such name' is not a repository")
                .doesNotContain("\tat ");
        Outcome wrongHub = Outcome.of("pull", "a/b", "--endpoint", "ftp://somewhere");
        assertThat(wrongHub.exitCode()).isEqualTo(2);
        assertThat(wrongHub.err()).contains("'ftp://somewhere' is not an http or https URL");
    }
}
