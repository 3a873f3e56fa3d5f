package dev.vidda.worker.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The tensors of a checkpoint directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} lists. Mapped, not read: bytes come from disk when they are first touched.
 */
public final class Checkpoint implements TensorSource {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path directory;
    private final Arena arena;
    private final List<SafetensorsFile> files;
    private final Map<String, SafetensorsFile> fileOf;

    private Checkpoint(Path directory, Arena arena, List<SafetensorsFile> files, Map<String, SafetensorsFile> fileOf) {
        this.directory = directory;
        this.arena = arena;
        this.files = files;
        this.fileOf = fileOf;
    }

    /**
     * Maps all files of a checkpoint and checks their headers.
     *
     * @throws CheckpointException if files are missing, truncated or malformed
     */
    public static Checkpoint open(Path directory) {
        Arena arena = Arena.ofShared();
        try {
            Path index = directory.resolve(INDEX);
            return Files.isRegularFile(index) ? sharded(directory, index, arena) : single(directory, arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static Checkpoint single(Path directory, Arena arena) {
        if (!Files.isRegularFile(directory.resolve(SINGLE))) {
            throw new CheckpointException(directory + " has neither " + SINGLE + " nor " + INDEX);
        }
        SafetensorsFile file = SafetensorsFile.open(directory.resolve(SINGLE), arena);
        Map<String, SafetensorsFile> fileOf = new HashMap<>();
        file.names().forEach(name -> fileOf.put(name, file));
        return new Checkpoint(directory, arena, List.of(file), fileOf);
    }

    private static Checkpoint sharded(Path directory, Path index, Arena arena) {
        Map<String, String> shardOf = readIndex(index);
        Map<String, SafetensorsFile> shards = new HashMap<>();
        List<SafetensorsFile> files = new ArrayList<>();
        for (String shard : new TreeSet<>(shardOf.values())) {
            Path path = directory.resolve(shard);
            if (!Files.isRegularFile(path)) {
                throw new CheckpointException(path + " is missing: " + index + " lists it");
            }
            SafetensorsFile file = SafetensorsFile.open(path, arena);
            shards.put(shard, file);
            files.add(file);
        }
        Map<String, SafetensorsFile> fileOf = new HashMap<>();
        shardOf.forEach((name, shard) -> {
            SafetensorsFile file = shards.get(shard);
            if (file != null) {
                fileOf.put(name, file);
            }
        });
        return new Checkpoint(directory, arena, files, fileOf);
    }

    private static Map<String, String> readIndex(Path index) {
        try {
            JsonNode map =
                    new ObjectMapper().readTree(Files.readAllBytes(index)).path("weight_map");
            if (!map.isObject() || map.isEmpty()) {
                throw new CheckpointException(index + ": weight_map must be a non-empty object");
            }
            Map<String, String> shardOf = new HashMap<>();
            for (Map.Entry<String, JsonNode> entry : map.properties()) {
                String shard = entry.getValue().asText();
                // A name, not a path: an index must not reach outside its own directory.
                if (!entry.getValue().isTextual() || !shard.matches("[\\w.-]+\\.safetensors")) {
                    throw new CheckpointException(
                            index + ": weight_map of " + entry.getKey() + " is no file name: " + entry.getValue());
                }
                shardOf.put(entry.getKey(), shard);
            }
            return shardOf;
        } catch (JsonProcessingException e) {
            throw new CheckpointException(index + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(index + " cannot be read: " + e.getMessage(), e);
        }
    }

    public boolean contains(String name) {
        return fileOf.containsKey(name);
    }

    @Override
    public long bytes() {
        return files.stream().mapToLong(SafetensorsFile::dataBytes).sum();
    }

    @Override
    public HostTensor tensor(String name, int... shape) {
        List<Integer> expected = Arrays.stream(shape).boxed().toList();
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new CheckpointException(
                    "tensor " + name + " of shape " + expected + " is missing: no file of " + directory + " has it");
        }
        HostTensor tensor = file.tensor(name);
        if (tensor == null) {
            throw new CheckpointException(file.path() + ": tensor " + name + " is missing, though the index lists it");
        }
        if (!tensor.shape().equals(expected)) {
            throw new CheckpointException(
                    file.path() + ": tensor " + name + " must have shape " + expected + ", has " + tensor.shape());
        }
        return tensor;
    }

    /** Unmaps the files: tensors must not be used any more. */
    @Override
    public void close() {
        arena.close();
    }
}
