package dev.vidda.gateway.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReloadedTest {
    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aKeyIsTakenAwayAndAnotherGivenWhileTheServerRuns() throws IOException {
        Path file = write("keys = [{ name = a, sha256 = \"" + KeyHash.of("old").hex() + "\", tenant = t }]", 1);
        Gatekeeper gatekeeper = Gatekeeper.of(settings(file), nanos::get);
        assertThat(gatekeeper
                        .identify(Optional.of("Bearer old"), Optional.empty())
                        .keyName())
                .isEqualTo("a");

        write("keys = [{ name = b, sha256 = \"" + KeyHash.of("new").hex() + "\", tenant = t }]", 2);
        assertThat(gatekeeper
                        .identify(Optional.of("Bearer old"), Optional.empty())
                        .keyName())
                .as("within the interval")
                .isEqualTo("a");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertThat(gatekeeper.identify(Optional.empty(), Optional.of("new")).keyName())
                .isEqualTo("b");
        assertThatThrownBy(() -> gatekeeper.identify(Optional.of("Bearer old"), Optional.empty()))
                .hasMessageContaining("not valid");
    }

    @Test
    void whileTheFileIsWrongTheKeysThatHeldGoOnHolding() throws IOException {
        Path file = write("keys = [{ name = a, sha256 = \"" + KeyHash.of("old").hex() + "\", tenant = t }]", 1);
        Gatekeeper gatekeeper = Gatekeeper.of(settings(file), nanos::get);
        write("keys = [", 2);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));

        assertThat(gatekeeper
                        .identify(Optional.of("bearer old"), Optional.empty())
                        .keyName())
                .isEqualTo("a");
        Files.delete(file);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertThat(gatekeeper.asksForKeys()).isTrue();
    }

    @Test
    void aFileThatIsWrongFromTheStartIsNamed() throws IOException {
        Path file = write("keys = [", 1);

        assertThatThrownBy(() -> Gatekeeper.of(settings(file), nanos::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> Gatekeeper.of(settings(directory.resolve("missing.conf")), nanos::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing.conf");
    }

    private Path write(String text, long second) throws IOException {
        Path file = directory.resolve("keys.conf");
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(second, TimeUnit.SECONDS));
        return file;
    }

    private static SecuritySettings settings(Path file) {
        return new SecuritySettings(
                Optional.of(file), List.of(), List.of(), Duration.ofSeconds(5), false, true, false, Optional.empty());
    }
}
