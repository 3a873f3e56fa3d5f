package dev.vidda.worker.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CublasLibraryTest {
    @Test
    void theLoadersPathIsAskedForTheNewestMajorVersionFirst() {
        assertThat(CublasLibrary.candidates("", false))
                .containsSubsequence("libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so")
                .doesNotContain("libcublas.so.10");
    }

    @Test
    void aFolderIsSearchedAsTheLoadersPathIsAndAFileIsTakenAsItIs() {
        assertThat(CublasLibrary.candidates("/opt/lib", true))
                .containsSubsequence("/opt/lib/libcublas.so.13", "/opt/lib/libcublas.so.12");
        assertThat(CublasLibrary.candidates("/opt/lib/mine.so", false)).containsExactly("/opt/lib/mine.so");
    }

    @Test
    void whatCublasNeedsHasTheSameVersionInTheSameFolder() {
        assertThat(CublasLibrary.needed("/opt/lib/libcublas.so.12")).hasValue(Path.of("/opt/lib/libcublasLt.so.12"));
        assertThat(CublasLibrary.needed("libcublas.so.12")).isEmpty();
        assertThat(CublasLibrary.needed("/opt/lib/mine.so")).isEmpty();
    }

    @Test
    void aFileThatIsNoLibraryIsNotTakenForOne(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("libcublas.so.12"), "no library");
        assertThat(CublasLibrary.find(folder.toString())).isEmpty();
        assertThat(CublasLibrary.find(folder.resolve("libcublas.so.12").toString()))
                .isEmpty();
        assertThat(CublasLibrary.find(folder.resolve("missing").toString())).isEmpty();
    }
}
