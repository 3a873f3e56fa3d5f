package dev.vidda.worker.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file, mapped into memory. Layout: an unsigned 64-bit little-endian length, a JSON header of so many
 * bytes, then the tensors' bytes without gaps or overlaps.
 *
 * <p>All offsets and sizes are checked when the file is opened.
 */
final class SafetensorsFile {
    /** The limit of the reference implementation. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private static final ValueLayout.OfLong LITTLE_ENDIAN_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final MemorySegment data;
    private final Map<String, Entry> entries;

    /** One tensor of the header; its type may be one we cannot read. */
    private record Entry(String name, String type, List<Integer> shape, long begin, long end) {}

    private SafetensorsFile(Path path, MemorySegment data, Map<String, Entry> entries) {
        this.path = path;
        this.data = data;
        this.entries = entries;
    }

    /**
     * Maps {@code path} for as long as {@code arena} lives.
     *
     * @throws CheckpointException if it is missing, truncated or malformed
     */
    static SafetensorsFile open(Path path, Arena arena) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + " is missing");
        }
        MemorySegment file = map(path, arena);
        if (file.byteSize() < Long.BYTES) {
            throw new CheckpointException(
                    path + " is truncated: " + file.byteSize() + " bytes, not even a header length");
        }
        long headerBytes = file.get(LITTLE_ENDIAN_LONG, 0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
            throw new CheckpointException(path + " is not a safetensors file: its header length is "
                    + Long.toUnsignedString(headerBytes) + " bytes, must be 2 to " + MAX_HEADER_BYTES);
        }
        if (Long.BYTES + headerBytes > file.byteSize()) {
            throw new CheckpointException(path + " is truncated: its header needs " + (Long.BYTES + headerBytes)
                    + " bytes, the file has " + file.byteSize());
        }
        JsonNode header = parse(path, file.asSlice(Long.BYTES, headerBytes));
        MemorySegment data = file.asSlice(Long.BYTES + headerBytes);
        Map<String, Entry> entries = new TreeMap<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            if (!property.getKey().equals("__metadata__")) {
                entries.put(property.getKey(), entry(path, property.getKey(), property.getValue()));
            }
        }
        checkCoverage(path, entries, data.byteSize());
        return new SafetensorsFile(path, data, entries);
    }

    private static MemorySegment map(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw new CheckpointException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static JsonNode parse(Path path, MemorySegment header) {
        try {
            JsonNode root = JSON.readTree(header.toArray(ValueLayout.JAVA_BYTE));
            if (!root.isObject()) {
                throw new CheckpointException(path + ": its header is not a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new CheckpointException(path + ": its header is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(path + ": its header cannot be read: " + e.getMessage(), e);
        }
    }

    private static Entry entry(Path path, String name, JsonNode node) {
        JsonNode offsets = node.path("data_offsets");
        JsonNode extents = node.path("shape");
        if (!node.path("dtype").isTextual()
                || !extents.isArray()
                || offsets.size() != 2
                || !offsets.path(0).canConvertToLong()
                || !offsets.path(1).canConvertToLong()) {
            throw new CheckpointException(
                    path + ": tensor " + name + " needs dtype, shape and data_offsets, has " + node);
        }
        List<Integer> shape = new ArrayList<>();
        for (JsonNode extent : extents) {
            if (!extent.isIntegralNumber() || !extent.canConvertToInt() || extent.intValue() < 0) {
                throw new CheckpointException(path + ": tensor " + name + " has shape " + extents);
            }
            shape.add(extent.intValue());
        }
        Entry entry = new Entry(
                name,
                node.path("dtype").textValue(),
                shape,
                offsets.path(0).longValue(),
                offsets.path(1).longValue());
        checkSize(path, entry);
        return entry;
    }

    private static void checkSize(Path path, Entry entry) {
        if (entry.begin < 0 || entry.end < entry.begin) {
            throw new CheckpointException(
                    path + ": tensor " + entry.name + " has data_offsets [" + entry.begin + ", " + entry.end + "]");
        }
        DType type = DType.ofSafetensors(entry.type).orElse(null);
        if (type == null) {
            return;
        }
        try {
            long bytes = type.bytes();
            for (int extent : entry.shape) {
                bytes = Math.multiplyExact(bytes, extent);
            }
            if (bytes != entry.end - entry.begin) {
                throw new CheckpointException(
                        path + ": tensor " + entry.name + " of shape " + entry.shape + " and type " + entry.type
                                + " needs " + bytes + " bytes, its data_offsets give " + (entry.end - entry.begin));
            }
        } catch (ArithmeticException e) {
            throw new CheckpointException(path + ": tensor " + entry.name + " has impossible shape " + entry.shape, e);
        }
    }

    private static void checkCoverage(Path path, Map<String, Entry> entries, long dataBytes) {
        List<Entry> ordered = entries.values().stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
        long covered = 0;
        String before = "the header";
        for (Entry entry : ordered) {
            if (entry.end > dataBytes) {
                throw new CheckpointException(path + " is truncated: tensor " + entry.name + " ends at byte "
                        + entry.end + " of the data, the file has " + dataBytes);
            }
            if (entry.begin != covered) {
                throw new CheckpointException(path + ": tensor " + entry.name + " begins at byte " + entry.begin
                        + " of the data, but " + before + " ends at " + covered);
            }
            covered = entry.end;
            before = "tensor " + entry.name;
        }
        if (covered != dataBytes) {
            throw new CheckpointException(
                    path + " has " + (dataBytes - covered) + " bytes after its last tensor: is it the right file?");
        }
    }

    Path path() {
        return path;
    }

    Iterable<String> names() {
        return entries.keySet();
    }

    /** Bytes of all tensors. */
    long dataBytes() {
        return data.byteSize();
    }

    /** The tensor called {@code name}, or null. */
    @Nullable
    HostTensor tensor(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return null;
        }
        DType type = DType.ofSafetensors(entry.type)
                .orElseThrow(() -> new CheckpointException(path + ": tensor " + name + " has type " + entry.type
                        + ", which is not supported; supported are F32, F16, BF16"));
        if (entry.shape.isEmpty() || entry.shape.size() > 2) {
            throw new CheckpointException(
                    path + ": tensor " + name + " must have 1 or 2 dimensions, has shape " + entry.shape);
        }
        return new HostTensor(name, type, entry.shape, data.asSlice(entry.begin, entry.end - entry.begin));
    }
}
