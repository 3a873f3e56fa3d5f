package dev.vidda.gateway.admin.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vidda.protocol.kv.KvShape;

/**
 * What a model's size follows from.
 *
 * @param linear weights of all linear layers but the head
 * @param active those of them that one token passes through; fewer than {@code linear} for a mixture of experts
 * @param embeddings weights of the embedding table
 * @param head weights of the head; 0 where it is the embedding table
 * @param other norms and biases
 * @param activationWidth elements of a token's activations that a step keeps
 * @param kv what a token takes in the cache, with elements of two bytes
 * @param latent whether the cache holds one latent vector for all heads, so that every GPU of a group needs all of it
 */
public record ModelFacts(
        String name,
        long linear,
        long active,
        long embeddings,
        long head,
        long other,
        int hidden,
        int vocabulary,
        long activationWidth,
        int maxPositions,
        KvShape kv,
        boolean latent) {
    private static final int KV_BYTES = 2;

    /** All parameters; a tied table counts once. */
    public long parameters() {
        return linear + embeddings + head + other;
    }

    /** Bytes of all weights. */
    public long weightBytes(Precision precision) {
        return Math.round(linear * precision.bytes()) + 2 * (embeddings + head + other);
    }

    /** The cache's shape with elements of another size. */
    public KvShape kv(int bytesPerElement) {
        return new KvShape(kv.layers(), kv.elementsPerLayer(), bytesPerElement, kv.blockTokens(), kv.slidingWindow());
    }

    /**
     * Reads a {@code config.json} of Hugging Face.
     *
     * @throws IllegalArgumentException naming the field that is missing
     */
    public static ModelFacts read(String name, JsonNode config) {
        Fields fields = new Fields(name, config);
        return config.has("kv_lora_rank") ? latent(fields) : grouped(fields);
    }

    private static ModelFacts grouped(Fields f) {
        long hidden = f.number("hidden_size");
        long layers = f.number("num_hidden_layers");
        long heads = f.number("num_attention_heads");
        long kvHeads = f.number("num_key_value_heads", heads);
        long headDim = f.number("head_dim", hidden / heads);
        long qkv = (heads + 2 * kvHeads) * headDim;
        long inner = f.number("intermediate_size");
        long attention = hidden * qkv + heads * headDim * hidden;
        String type = f.text("model_type");
        boolean headNorms = type.startsWith("qwen3");
        boolean biased = type.equals("qwen2") || f.flag("attention_bias");
        long other = layers * (2 * hidden + (headNorms ? 2 * headDim : 0) + (biased ? qkv : 0)) + hidden;
        long linear = layers * (attention + 3 * hidden * inner);
        return facts(
                f,
                linear,
                linear,
                other,
                qkv + heads * headDim + 3 * inner,
                KvShape.grouped((int) layers, (int) kvHeads, (int) headDim, KV_BYTES, 0),
                false);
    }

    private static ModelFacts latent(Fields f) {
        long hidden = f.number("hidden_size");
        long layers = f.number("num_hidden_layers");
        long heads = f.number("num_attention_heads");
        long rank = f.number("kv_lora_rank");
        long rope = f.number("qk_rope_head_dim");
        long nope = f.number("qk_nope_head_dim");
        long value = f.number("v_head_dim");
        long queryRank = f.number("q_lora_rank", 0);
        long query = heads * (nope + rope);
        long attention = (queryRank == 0 ? hidden * query : hidden * queryRank + queryRank * query)
                + hidden * (rank + rope)
                + rank * heads * (nope + value)
                + heads * value * hidden;
        long dense = Math.min(layers, f.number("first_k_dense_replace", layers));
        long inner = f.number("intermediate_size");
        long expert = 3 * hidden * f.number("moe_intermediate_size", inner);
        long experts = f.number("n_routed_experts", 0);
        long shared = f.number("n_shared_experts", 0);
        long perToken = f.number("num_experts_per_tok", 0);
        long common = layers * attention + dense * 3 * hidden * inner + (layers - dense) * experts * hidden;
        long linear = common + (layers - dense) * (experts + shared) * expert;
        long active = common + (layers - dense) * (perToken + shared) * expert;
        long other = layers * (2 * hidden + rank + queryRank) + (layers - dense) * experts + hidden;
        return facts(
                f,
                linear,
                active,
                other,
                query + 2 * heads * value + 3 * inner,
                KvShape.latent((int) layers, (int) rank, (int) rope, KV_BYTES),
                true);
    }

    private static ModelFacts facts(
            Fields f, long linear, long active, long other, long activationWidth, KvShape kv, boolean latent) {
        long hidden = f.number("hidden_size");
        long table = hidden * f.number("vocab_size");
        return new ModelFacts(
                f.name(),
                linear,
                active,
                table,
                f.flag("tie_word_embeddings") ? 0 : table,
                other,
                (int) hidden,
                (int) f.number("vocab_size"),
                activationWidth + hidden,
                (int) f.number("max_position_embeddings"),
                kv,
                latent);
    }

    private record Fields(String name, JsonNode config) {
        long number(String field) {
            JsonNode node = config.path(field);
            if (!node.canConvertToLong()) {
                throw new IllegalArgumentException("the config.json of " + name + " has no number " + field);
            }
            return node.longValue();
        }

        long number(String field, long fallback) {
            return config.path(field).canConvertToLong() ? config.path(field).longValue() : fallback;
        }

        boolean flag(String field) {
            return config.path(field).asBoolean(false);
        }

        String text(String field) {
            return config.path(field).asText("");
        }
    }
}
