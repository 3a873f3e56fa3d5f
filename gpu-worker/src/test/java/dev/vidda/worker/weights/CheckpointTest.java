package dev.vidda.worker.weights;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CheckpointTest {
    private static final String TWO_TENSORS = """
            {"__metadata__":{"format":"pt"},
             "a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
             "b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}""";

    @TempDir
    private Path directory = Path.of("");

    private static byte[] file(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file =
                ByteBuffer.allocate(Long.BYTES + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (int i = 0; i < dataBytes; i++) {
            file.put((byte) i);
        }
        return file.array();
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name), content);
    }

    private void writeSingle(String header, int dataBytes) throws IOException {
        write("model.safetensors", file(header, dataBytes));
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> Checkpoint.open(directory).close())
                .isInstanceOf(CheckpointException.class)
                .message()
                .contains(parts);
    }

    @Test
    void tensorsAreFoundByNameAndShape() throws IOException {
        writeSingle(TWO_TENSORS, 32);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.bytes()).isEqualTo(32);
            assertThat(checkpoint.contains("a")).isTrue();
            assertThat(checkpoint.contains("__metadata__")).isFalse();
            HostTensor a = checkpoint.tensor("a", 2, 3);
            assertThat(a.dtype()).isEqualTo(DType.F32);
            HostTensor b = checkpoint.tensor("b", 4);
            assertThat(b.dtype()).isEqualTo(DType.BF16);
            assertThat(b.data().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 24);
        }
    }

    @Test
    void aMissingTensorIsNamedWithItsShapeAndDirectory() throws IOException {
        writeSingle(TWO_TENSORS, 32);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> checkpoint.tensor("c", 7, 8))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll("tensor c", "[7, 8]", "missing", directory.toString());
        }
    }

    @Test
    void aWrongShapeIsNamedBesideTheRightOne() throws IOException {
        writeSingle(TWO_TENSORS, 32);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> checkpoint.tensor("a", 3, 2))
                    .hasMessageContainingAll("model.safetensors", "tensor a", "[3, 2]", "[2, 3]");
        }
    }

    @Test
    void anUnknownTypeIsRefusedWhenItsTensorIsNeeded() throws IOException {
        writeSingle("{\"q\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> checkpoint.tensor("q", 4))
                    .hasMessageContainingAll("tensor q", "F8_E4M3", "F32, F16, BF16");
        }
    }

    @Test
    void tensorsOfThreeDimensionsAreRefused() throws IOException {
        writeSingle("{\"q\":{\"dtype\":\"F32\",\"shape\":[1,1,1],\"data_offsets\":[0,4]}}", 4);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> checkpoint.tensor("q", 1)).hasMessageContainingAll("tensor q", "[1, 1, 1]");
        }
    }

    @Test
    void filesCutShortAreRefused() throws IOException {
        byte[] whole = file(TWO_TENSORS, 32);
        for (int length : new int[] {0, 7}) {
            write("model.safetensors", Arrays.copyOf(whole, length));
            assertRefused("model.safetensors", "truncated", length + " bytes");
        }
        write("model.safetensors", Arrays.copyOf(whole, 60));
        assertRefused("truncated", "header needs", "the file has 60");
        write("model.safetensors", Arrays.copyOf(whole, whole.length - 1));
        assertRefused("truncated", "tensor b ends at byte 32", "the file has 31");
    }

    @Test
    void bytesAfterTheLastTensorAreRefused() throws IOException {
        writeSingle(TWO_TENSORS, 33);
        assertRefused("1 bytes after its last tensor");
    }

    @Test
    void impossibleHeaderLengthsAreRefused() throws IOException {
        for (long length : new long[] {0, 1, 100_000_001, -1, Long.MIN_VALUE}) {
            ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(length);
            write("model.safetensors", file.array());
            assertRefused("not a safetensors file", Long.toUnsignedString(length));
        }
    }

    @Test
    void headersThatAreNotJsonObjectsAreRefused() throws IOException {
        writeSingle("{\"a\": ", 0);
        assertRefused("not valid JSON");
        writeSingle("[1, 2]", 0);
        assertRefused("not a JSON object");
        writeSingle("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{}}", 4);
        assertRefused("not valid JSON", "Duplicate field 'a'");
    }

    @Test
    void offsetsThatOverlapOrLeaveGapsAreRefused() throws IOException {
        writeSingle("""
                {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                 "b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12);
        assertRefused("tensor b begins at byte 4", "tensor a ends at 8");
        writeSingle("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8);
        assertRefused("tensor a begins at byte 4", "the header ends at 0");
    }

    @Test
    void offsetsThatDoNotFitTheShapeAreRefused() throws IOException {
        writeSingle("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4);
        assertRefused("tensor a of shape [2] and type F32 needs 8 bytes", "give 4");
        writeSingle("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}", 4);
        assertRefused("tensor a has data_offsets [8, 4]");
        writeSingle(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}", 4);
        assertRefused("impossible shape");
        writeSingle("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4);
        assertRefused("tensor a has shape [-1]");
        writeSingle("{\"a\":{\"dtype\":\"F32\"}}", 0);
        assertRefused("tensor a needs dtype, shape and data_offsets");
    }

    @Test
    void anEmptyDirectoryIsNoCheckpoint() {
        assertRefused("neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void shardsAreFoundThroughTheIndex() throws IOException {
        write("x.safetensors", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4));
        write("y.safetensors", file("{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8));
        index("{\"weight_map\":{\"a\":\"x.safetensors\",\"b\":\"y.safetensors\"}}");
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.bytes()).isEqualTo(12);
            assertThat(checkpoint.tensor("b", 2).data().byteSize()).isEqualTo(8);
        }
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        index("{\"weight_map\":{\"a\":\"model-00002-of-00002.safetensors\"}}");
        assertRefused("model-00002-of-00002.safetensors is missing", "index.json lists it");
    }

    @Test
    void aTensorTheIndexPutsIntoTheWrongShardIsNamed() throws IOException {
        write("x.safetensors", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4));
        index("{\"weight_map\":{\"a\":\"x.safetensors\",\"b\":\"x.safetensors\"}}");
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThatThrownBy(() -> checkpoint.tensor("b", 1))
                    .hasMessageContainingAll("x.safetensors", "tensor b is missing", "index");
        }
    }

    @Test
    void anIndexCannotReachOutsideItsDirectory() throws IOException {
        index("{\"weight_map\":{\"a\":\"../x.safetensors\"}}");
        assertRefused("no file name", "../x.safetensors");
    }

    @Test
    void aBrokenIndexIsRefused() throws IOException {
        index("{\"weight_map\":{}}");
        assertRefused("weight_map must be a non-empty object");
        index("{\"weight_map\":");
        assertRefused("index.json is not valid JSON");
    }

    private void index(String content) throws IOException {
        write("model.safetensors.index.json", content.getBytes(StandardCharsets.UTF_8));
    }
}
