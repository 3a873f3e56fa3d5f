package dev.vidda.worker.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * The supported families of decoders and what sets them apart; all else is in their {@code config.json}.
 *
 * <p>Qwen3: arXiv 2505.09388. Qwen2 and 2.5: arXiv 2407.10671. Llama 3: arXiv 2407.21783. Mistral: arXiv 2310.06825.
 */
public enum Architecture {
    LLAMA("LlamaForCausalLM", false, false, true, false),
    MISTRAL("MistralForCausalLM", false, false, false, true),
    QWEN2("Qwen2ForCausalLM", false, true, false, true),
    QWEN3("Qwen3ForCausalLM", true, false, true, true);

    private final String className;
    private final boolean headNorms;
    private final boolean alwaysQkvBias;
    private final boolean optionalBias;
    private final boolean slidingWindow;

    Architecture(
            String className, boolean headNorms, boolean alwaysQkvBias, boolean optionalBias, boolean slidingWindow) {
        this.className = className;
        this.headNorms = headNorms;
        this.alwaysQkvBias = alwaysQkvBias;
        this.optionalBias = optionalBias;
        this.slidingWindow = slidingWindow;
    }

    /** What {@code architectures} in {@code config.json} says. */
    public String className() {
        return className;
    }

    /** Whether each query and key head is normalised before its rotation. */
    public boolean headNorms() {
        return headNorms;
    }

    /** Whether queries, keys and values always have biases. */
    public boolean alwaysQkvBias() {
        return alwaysQkvBias;
    }

    /** Whether {@code attention_bias} and {@code mlp_bias} may ask for biases. */
    public boolean optionalBias() {
        return optionalBias;
    }

    /** Whether {@code sliding_window} may limit attention. */
    public boolean slidingWindow() {
        return slidingWindow;
    }

    /** The family whose class in {@code config.json} is {@code className}, if supported. */
    public static Optional<Architecture> of(String className) {
        return Arrays.stream(values())
                .filter(architecture -> architecture.className.equals(className))
                .findFirst();
    }
}
