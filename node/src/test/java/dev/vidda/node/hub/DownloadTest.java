package dev.vidda.node.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class DownloadTest {
    private static final HubRepository REPOSITORY = HubRepository.parse("owner/model");
    private static final byte[] CONFIG = "{\"model_type\": \"qwen3\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WEIGHTS = random(1_000_003);
    private static final Download.Tuning ONE_PIECE = new Download.Tuning(4, 1 << 30, 3, 1);
    private static final Download.Tuning PIECES = new Download.Tuning(4, 100_000, 3, 1);
    private static final Download.Tuning IMPATIENT = new Download.Tuning(4, 100_000, 0, 1);

    @TempDir
    Path folder;

    private final AtomicLong progress = new AtomicLong();
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub().with("config.json", CONFIG).with("model.safetensors", WEIGHTS);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void filesArriveWholeAndNothingElseIsLeft() throws Exception {
        pull(ONE_PIECE);

        assertWhole();
        assertThat(hub.ranges()).isEmpty();
    }

    @Test
    void aLargeFileComesInRanges() throws Exception {
        pull(PIECES);

        assertWhole();
        assertThat(hub.ranges())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 11)
                        .mapToObj(i -> "bytes=" + i * 100_000 + "-" + (Math.min((i + 1) * 100_000, WEIGHTS.length) - 1))
                        .toList());
    }

    @Test
    void aServerWithoutRangesSendsTheWholeFileOnce() throws Exception {
        hub.forgetRanges();

        pull(PIECES);

        assertWhole();
        assertThat(hub.requests().stream().filter(r -> r.path().endsWith("model.safetensors")))
                .hasSize(1);
    }

    @Test
    void aBrokenConnectionIsResumedWhereItBroke() throws Exception {
        hub.breakConnections(2, 300_000);

        pull(ONE_PIECE);

        assertWhole();
        assertThat(hub.ranges()).containsExactly("bytes=300000-1000002", "bytes=600000-1000002");
    }

    @Test
    void aLaterRunFetchesOnlyWhatIsMissing() throws Exception {
        hub.breakConnections(1, 50_000);
        assertThatThrownBy(() -> pull(IMPATIENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("run again to resume");
        assertThat(folder.resolve("model.safetensors")).doesNotExist();
        assertThat(folder.resolve("model.safetensors.part")).exists();

        hub.requests().clear();
        pull(IMPATIENT);

        assertWhole();
        assertThat(hub.ranges()).contains("bytes=50000-99999").doesNotContain("bytes=0-99999");
    }

    @Test
    void leftoversOfOtherContentAreNotMixedIn() throws Exception {
        hub.breakConnections(1, 50_000);
        assertThatThrownBy(() -> pull(IMPATIENT)).isInstanceOf(IOException.class);
        byte[] changed = random(WEIGHTS.length);
        changed[0]++;
        hub.with("model.safetensors", changed);

        pull(IMPATIENT);

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(changed);
    }

    @Test
    void damagedLeftoversAreDownloadedAgain() throws Exception {
        hub.breakConnections(1, 50_000);
        assertThatThrownBy(() -> pull(IMPATIENT)).isInstanceOf(IOException.class);
        Files.write(folder.resolve("model.safetensors.part"), new byte[60_000]);

        pull(IMPATIENT);

        assertWhole();
    }

    @Test
    void aWrongHashIsAnErrorAndTheFileNeverAppears() {
        hub.listWrongHash("model.safetensors");

        assertThatThrownBy(() -> pull(PIECES))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("does not have the content");
        assertThat(folder.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void theTokenStaysWithTheHubsOwnHost() throws Exception {
        hub.redirectTo("localhost");
        Hub connected = hub.connect("secret");
        HubListing listing = connected.list(REPOSITORY);

        new Download(connected, REPOSITORY, listing.commit(), folder, ONE_PIECE)
                .run(listing.files(), progress::addAndGet);

        assertWhole();
        assertThat(hub.requests())
                .allSatisfy(request -> assertThat(request.authorization().isPresent())
                        .as("%s", request)
                        .isEqualTo(request.host().startsWith("127.0.0.1")));
    }

    @Test
    void whatIsThereWithTheRightContentIsNotMissing() throws Exception {
        Hub connected = hub.connect();
        HubListing listing = connected.list(REPOSITORY);
        Files.write(folder.resolve("config.json"), CONFIG);
        Files.write(folder.resolve("model.safetensors"), new byte[WEIGHTS.length]);

        Download download = new Download(connected, REPOSITORY, listing.commit(), folder, PIECES);

        assertThat(download.missing(listing.files())).extracting(HubFile::path).containsExactly("model.safetensors");
    }

    @Test
    void namesThatLeadOutOfTheFolderAreRefused() throws IOException {
        for (String evil :
                new String[] {"../evil.json", "/etc/evil", "a/../../evil", "a\\..\\evil", "C:evil", ".git/config"}) {
            try (FakeHub bad = new FakeHub().with(evil, CONFIG)) {
                Hub connected = bad.connect();
                HubListing listing = connected.list(REPOSITORY);
                assertThatThrownBy(() -> new Download(connected, REPOSITORY, listing.commit(), folder, PIECES)
                                .run(listing.files(), progress::addAndGet))
                        .as(evil)
                        .isInstanceOf(HubException.class)
                        .hasMessageContaining("unsafe name");
            }
        }
    }

    @Test
    void refusalsSayWhatToDo() {
        assertRefusal(401, "", "HF_TOKEN");
        assertRefusal(403, "GatedRepo", "accept its terms at");
        assertRefusal(404, "RepoNotFound", "no such repository");
        assertRefusal(404, "RevisionNotFound", "no such revision");
        assertRefusal(418, "", "HTTP 418");
    }

    @Test
    void noServerIsAClearError() {
        hub.close();

        assertThatThrownBy(() -> hub.connect().list(REPOSITORY))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot connect to 127.0.0.1");
    }

    @Test
    void anEmptyFileIsAFile() throws Exception {
        hub.with("empty.txt", new byte[0]);

        pull(PIECES);

        assertThat(folder.resolve("empty.txt")).isEmptyFile();
    }

    private void assertRefusal(int status, String code, String words) {
        hub.refuse(status, code);
        assertThatThrownBy(() -> hub.connect().list(REPOSITORY))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("owner/model")
                .hasMessageContaining(words);
    }

    private void pull(Download.Tuning tuning) throws IOException, InterruptedException {
        Hub connected = hub.connect();
        HubListing listing = connected.list(REPOSITORY);
        progress.set(0);
        new Download(connected, REPOSITORY, listing.commit(), folder, tuning).run(listing.files(), progress::addAndGet);
        assertThat(progress)
                .hasValue(listing.files().stream().mapToLong(HubFile::size).sum());
    }

    private void assertWhole() throws IOException {
        assertThat(folder.resolve("config.json")).hasBinaryContent(CONFIG);
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors");
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }
}
