package dev.vidda.worker.model;

import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceBuffer;
import dev.vidda.worker.device.HeadTransform;
import dev.vidda.worker.device.RmsNorm;
import dev.vidda.worker.device.Rope;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.weights.HostTensor;
import dev.vidda.worker.weights.LoadProgress;
import dev.vidda.worker.weights.TensorSource;
import java.util.ArrayList;
import java.util.List;

/** Brings the weights of a checkpoint to a device, under the names that Hugging Face checkpoints use. */
final class DecoderLoader {
    private final TensorSource tensors;
    private final ModelConfig config;
    private final Device device;
    private final LoadProgress progress;
    private final List<DeviceBuffer> owned = new ArrayList<>();
    private long loadedBytes;

    DecoderLoader(TensorSource tensors, ModelConfig config, Device device, LoadProgress progress) {
        this.tensors = tensors;
        this.config = config;
        this.device = device;
        this.progress = progress;
    }

    /** Loads everything; gives back what it had loaded if that fails. */
    DecoderWeights load() {
        try {
            return loadAll();
        } catch (RuntimeException e) {
            owned.forEach(DeviceBuffer::close);
            throw e;
        }
    }

    private DecoderWeights loadAll() {
        progress.loaded(0, tensors.bytes());
        HostTensor table = matrix("model.embed_tokens.weight", config.vocabSize(), config.hiddenSize());
        Weight embedding = config.tiedEmbeddings() ? linear(table) : own(device.loadTable(table));
        Rope rope = config.ropeScaling().rope(config.attention().headDim(), config.ropeTheta());
        List<DecoderLayer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer("model.layers." + i + ".", rope, config.windows().get(i)));
        }
        RmsNorm norm = norm("model.norm", config.hiddenSize());
        Weight head = config.tiedEmbeddings()
                ? embedding
                : linear(matrix("lm_head.weight", config.vocabSize(), config.hiddenSize()));
        progress.loaded(tensors.bytes(), tensors.bytes());
        return new DecoderWeights(embedding, layers, norm, head, owned);
    }

    private DecoderLayer layer(String prefix, Rope rope, int window) {
        int hidden = config.hiddenSize();
        AttentionShape attention = config.attention();
        String self = prefix + "self_attn.";
        boolean headNorms = config.architecture().headNorms();
        HeadTransform heads = new HeadTransform(
                rope,
                headNorms ? norm(self + "q_norm", attention.headDim()) : null,
                headNorms ? norm(self + "k_norm", attention.headDim()) : null);
        return new DecoderLayer(
                norm(prefix + "input_layernorm", hidden),
                queryKeyValue(self),
                heads,
                window,
                linear(
                        List.of(matrix(self + "o_proj.weight", hidden, attention.queryWidth())),
                        config.biases().output() ? List.of(vector(self + "o_proj.bias", hidden)) : List.of()),
                norm(prefix + "post_attention_layernorm", hidden),
                gateUp(prefix + "mlp."),
                linear(
                        List.of(matrix(prefix + "mlp.down_proj.weight", hidden, config.intermediateSize())),
                        config.biases().mlp() ? List.of(vector(prefix + "mlp.down_proj.bias", hidden)) : List.of()));
    }

    private Weight queryKeyValue(String self) {
        int hidden = config.hiddenSize();
        int queries = config.attention().queryWidth();
        int keys = config.attention().kvWidth();
        return linear(
                List.of(
                        matrix(self + "q_proj.weight", queries, hidden),
                        matrix(self + "k_proj.weight", keys, hidden),
                        matrix(self + "v_proj.weight", keys, hidden)),
                config.biases().queryKeyValue()
                        ? List.of(
                                vector(self + "q_proj.bias", queries),
                                vector(self + "k_proj.bias", keys),
                                vector(self + "v_proj.bias", keys))
                        : List.of());
    }

    private Weight gateUp(String mlp) {
        int intermediate = config.intermediateSize();
        Weight weight = device.loadGated(
                matrix(mlp + "gate_proj.weight", intermediate, config.hiddenSize()),
                matrix(mlp + "up_proj.weight", intermediate, config.hiddenSize()),
                config.biases().mlp()
                        ? List.of(
                                vector(mlp + "gate_proj.bias", intermediate),
                                vector(mlp + "up_proj.bias", intermediate))
                        : List.of());
        return own(weight);
    }

    private Weight linear(HostTensor matrix) {
        return linear(List.of(matrix), List.of());
    }

    private Weight linear(List<HostTensor> parts, List<HostTensor> biases) {
        return own(device.loadLinear(parts, biases));
    }

    private RmsNorm norm(String module, int width) {
        return new RmsNorm(own(device.loadVector(vector(module + ".weight", width))), config.normEpsilon());
    }

    private HostTensor matrix(String name, int rows, int columns) {
        return tensors.tensor(name, rows, columns);
    }

    private HostTensor vector(String name, int elements) {
        return tensors.tensor(name, elements);
    }

    private Weight own(Weight weight) {
        owned.add(weight);
        loadedBytes += weight.bytes();
        progress.loaded(Math.min(loadedBytes, tensors.bytes()), tensors.bytes());
        return weight;
    }
}
