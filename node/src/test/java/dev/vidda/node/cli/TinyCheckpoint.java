package dev.vidda.node.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a checkpoint of a Qwen3 with two layers whose only tensor is its embedding table. */
final class TinyCheckpoint {
    static final int VOCABULARY = 64;
    static final int HIDDEN = 16;

    private TinyCheckpoint() {}

    static Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), """
                {"architectures": ["Qwen3ForCausalLM"], "hidden_act": "silu", "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "head_dim": 8, "max_position_embeddings": 1000, "rms_norm_eps": 1e-6, "rope_theta": 10000,
                 "tie_word_embeddings": true}
                """.formatted(VOCABULARY, HIDDEN));
        int bytes = VOCABULARY * HIDDEN * 2;
        ObjectNode header = new ObjectMapper().createObjectNode();
        ObjectNode tensor = header.putObject("model.embed_tokens.weight");
        tensor.put("dtype", "BF16");
        tensor.putArray("shape").add(VOCABULARY).add(HIDDEN);
        tensor.putArray("data_offsets").add(0).add(bytes);
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(json.length, 8) * 8;
        ByteBuffer file = ByteBuffer.allocate(8 + padded + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(padded).put(json);
        while (file.position() < 8 + padded) {
            file.put((byte) ' ');
        }
        Files.write(directory.resolve("model.safetensors"), file.array());
        return directory;
    }
}
