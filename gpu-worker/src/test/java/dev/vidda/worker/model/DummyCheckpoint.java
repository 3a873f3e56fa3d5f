package dev.vidda.worker.model;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checkpoint of a known model's shapes whose data was never written: for speed, not for tokens. */
public final class DummyCheckpoint {
    /** Sizes of a model, and whether it is a Qwen3 (head norms, tied embeddings) or a Llama. */
    record Sizes(boolean qwen, int hidden, int intermediate, int layers, int heads, int kvHeads, int vocabulary) {
        static final Sizes QWEN3_4B = new Sizes(true, 2560, 9728, 36, 32, 8, 151936);
        static final Sizes LLAMA3_8B = new Sizes(false, 4096, 14336, 32, 32, 8, 128256);
    }

    private static final int HEAD_DIM = 128;

    private final Sizes sizes;
    private final StringBuilder header = new StringBuilder("{");
    private long end;

    private DummyCheckpoint(Sizes sizes) {
        this.sizes = sizes;
    }

    /** One of the shape of {@code qwen3-4b} or {@code llama3-8b}. */
    public static Path write(Path directory, String model) throws IOException {
        return write(directory, model.equals("qwen3-4b") ? Sizes.QWEN3_4B : Sizes.LLAMA3_8B);
    }

    static Path write(Path directory, Sizes sizes) throws IOException {
        Files.createDirectories(directory);
        new DummyCheckpoint(sizes).write(directory);
        return directory;
    }

    private void write(Path directory) throws IOException {
        String architecture = sizes.qwen() ? "Qwen3ForCausalLM" : "LlamaForCausalLM";
        String type = sizes.qwen() ? "qwen3" : "llama";
        Files.writeString(directory.resolve("config.json"), """
                {"architectures": ["%s"], "model_type": "%s", "hidden_size": %d, "intermediate_size": %d,
                 "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": 128,
                 "vocab_size": %d, "max_position_embeddings": 262144, "rope_theta": 5000000.0, "rms_norm_eps": 1e-6,
                 "tie_word_embeddings": %b, "hidden_act": "silu", "torch_dtype": "bfloat16", "attention_bias": false,
                 "bos_token_id": 0, "eos_token_id": 1}
                """.formatted(
                        architecture,
                        type,
                        sizes.hidden(),
                        sizes.intermediate(),
                        sizes.layers(),
                        sizes.heads(),
                        sizes.kvHeads(),
                        sizes.vocabulary(),
                        sizes.qwen()));
        tensor("model.embed_tokens.weight", sizes.vocabulary(), sizes.hidden());
        for (int i = 0; i < sizes.layers(); i++) {
            layer("model.layers." + i + ".");
        }
        tensor("model.norm.weight", sizes.hidden());
        if (!sizes.qwen()) {
            tensor("lm_head.weight", sizes.vocabulary(), sizes.hidden());
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("model.safetensors").toFile(), "rw")) {
            file.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            file.write(json);
            file.setLength(8 + json.length + end);
        }
    }

    private void layer(String prefix) {
        int queries = sizes.heads() * HEAD_DIM;
        int keys = sizes.kvHeads() * HEAD_DIM;
        tensor(prefix + "input_layernorm.weight", sizes.hidden());
        tensor(prefix + "self_attn.q_proj.weight", queries, sizes.hidden());
        tensor(prefix + "self_attn.k_proj.weight", keys, sizes.hidden());
        tensor(prefix + "self_attn.v_proj.weight", keys, sizes.hidden());
        tensor(prefix + "self_attn.o_proj.weight", sizes.hidden(), queries);
        if (sizes.qwen()) {
            tensor(prefix + "self_attn.q_norm.weight", HEAD_DIM);
            tensor(prefix + "self_attn.k_norm.weight", HEAD_DIM);
        }
        tensor(prefix + "post_attention_layernorm.weight", sizes.hidden());
        tensor(prefix + "mlp.gate_proj.weight", sizes.intermediate(), sizes.hidden());
        tensor(prefix + "mlp.up_proj.weight", sizes.intermediate(), sizes.hidden());
        tensor(prefix + "mlp.down_proj.weight", sizes.hidden(), sizes.intermediate());
    }

    private void tensor(String name, int... shape) {
        long bytes = Short.BYTES;
        StringBuilder extents = new StringBuilder();
        for (int extent : shape) {
            bytes *= extent;
            extents.append(extents.isEmpty() ? "" : ",").append(extent);
        }
        header.append(end == 0 ? "" : ",")
                .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                        .formatted(name, extents, end, end + bytes));
        end += bytes;
    }
}
