package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.DeviceHealth;
import dev.vidda.worker.device.Activation;
import dev.vidda.worker.device.AttentionShape;
import dev.vidda.worker.device.Device;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.DeviceSettings;
import dev.vidda.worker.device.KvBuffer;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import dev.vidda.worker.device.StepProgram;
import dev.vidda.worker.device.Weight;
import dev.vidda.worker.step.HostBlocks;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import dev.vidda.worker.weights.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One NVIDIA GPU of compute capability 8.0 or later. Weights, activations and the KV cache are bf16, or fp16 for a
 * checkpoint of that type; the residual stream and all sums are float32.
 *
 * <p>Logits of a row do not depend on the rest of the batch as long as the same kernels compute it; another number of
 * rows, or another chunk of the prompt, may change their last bits.
 */
public final class CudaDevice implements Device {
    /** Graphs and kernels that are loaded late need the rest. */
    private static final double USUAL_KV_SHARE = 0.9;

    private final StepLimits limits;
    private final LiveBytes live = new LiveBytes();
    private final Context context;
    private final Kernels kernels;
    private final Launcher launcher;
    private final TensorMaps maps;
    private final LinearPlan.Gpu gpu;
    private final Linears linears;
    private final Attention attention;
    private final Workspace.Shapes shapes = new Workspace.Shapes();
    private final DeviceSettings settings;
    private final Optional<Nvml> sensors;
    private final long driverBytes;
    /** Matrices that are multiplied by: all but a table for the embedding alone. */
    private final List<CudaMatrix> linearMaps = new ArrayList<>();

    private @Nullable WeightLoader loader;
    private @Nullable Element element;
    private @Nullable StepRunner runner;
    private @Nullable CublasSetup cublas;

    /** Attention over so many blocks. */
    record KvSize(AttentionShape attention, int blocks) {}

    /**
     * @param settings which GPU, whether to make up numbers instead of reading the tensors' data, and what of cuBLAS
     * @throws DeviceException if the GPU cannot be used
     */
    public CudaDevice(DeviceSettings settings, StepLimits limits) {
        this.limits = limits;
        this.settings = settings;
        context = new Context(settings.index());
        if (context.capability() < GpuProbe.LOWEST_CAPABILITY) {
            String message = context.name() + " has compute capability " + context.capability() / 10.0 + ", at least "
                    + GpuProbe.LOWEST_CAPABILITY / 10.0 + " is needed";
            context.close();
            throw new DeviceException(message);
        }
        sensors = Nvml.of(context.busId());
        kernels = new Kernels();
        launcher = new Launcher(context);
        maps = new TensorMaps(context.driver());
        gpu = new LinearPlan.Gpu(context.multiprocessors(), context.hopper());
        linears = new Linears(context, gpu, launcher, kernels, maps);
        attention = new Attention(context, gpu, launcher, kernels, maps);
        driverBytes = context.totalBytes() - context.freeBytes();
    }

    @Override
    public String description() {
        String library = cublas == null ? "" : cublas.description();
        return "cuda (" + context.name() + ", " + context.multiprocessors() + " multiprocessors" + library + ")";
    }

    @Override
    public StepLimits limits() {
        return limits;
    }

    @Override
    public boolean gainsByLookahead() {
        return true;
    }

    @Override
    public OptionalDouble busySeconds() {
        return OptionalDouble.of(runner == null ? 0 : runner.computeNanos() / 1e9);
    }

    @Override
    public int kvBytesPerElement() {
        return Short.BYTES;
    }

    @Override
    public long freeBytes() {
        context.enter();
        return Math.max(0, context.freeBytes() - Workspace.bytesAhead(gpu, limits, shapes));
    }

    @Override
    public long totalBytes() {
        context.enter();
        return context.totalBytes();
    }

    @Override
    public double usualKvShare() {
        return USUAL_KV_SHARE;
    }

    @Override
    public long driverBytes() {
        return driverBytes;
    }

    @Override
    public Optional<DeviceHealth> health() {
        return sensors.map(Nvml::read);
    }

    @Override
    public LiveBytes liveBytes() {
        return live;
    }

    @Override
    public Weight loadVector(HostTensor vector) {
        CudaVector weight = loader().vector(vector);
        shapes.add(weight);
        return weight;
    }

    @Override
    public Weight loadTable(HostTensor table) {
        CudaMatrix weight = loader().linear(List.of(table), List.of(), elementFor(table));
        shapes.add(weight);
        return weight;
    }

    @Override
    public Weight loadLinear(List<HostTensor> parts, List<HostTensor> biases) {
        return matrix(loader().linear(parts, biases, elementFor(parts.getFirst())));
    }

    @Override
    public Weight loadGated(HostTensor gate, HostTensor up, List<HostTensor> biases) {
        return matrix(loader().gated(gate, up, biases, elementFor(gate)));
    }

    private Weight matrix(CudaMatrix weight) {
        shapes.add(weight);
        linearMaps.add(weight);
        return weight;
    }

    @Override
    public void weightsLoaded(long reserved) {
        closeLoader();
        context.enter();
        CublasSetup setup = new CublasSetup(context, live, launchers());
        cublas = setup;
        setup.run(settings.cublas(), new CublasSetup.Model(linearMaps, shapes, limits, freeBytes(), reserved));
    }

    private StepRunner.Launchers launchers() {
        if (element == null) {
            throw new IllegalStateException("weights must be loaded before the KV cache is made");
        }
        return new StepRunner.Launchers(linears, attention, launcher, kernels, element);
    }

    @Override
    public List<String> notes() {
        return cublas == null ? List.of() : cublas.notes();
    }

    private WeightLoader loader() {
        context.enter();
        if (loader == null) {
            loader = new WeightLoader(context, live, kernels, launcher, settings.dummyWeights());
        }
        return loader;
    }

    /** The first matrix decides for the whole model. */
    private Element elementFor(HostTensor tensor) {
        if (element == null) {
            element = WeightLoader.elementOf(tensor);
        }
        return element;
    }

    @Override
    public Activation tokenRows(int width) {
        return rows(Workspace.rows(limits.maxTokens()), width);
    }

    @Override
    public Activation sampleRows(int width) {
        return rows(limits.maxSequences(), width);
    }

    private Activation rows(int rows, int width) {
        DeviceMemory memory = DeviceMemory.allocateZeros(context, (long) rows * width * Float.BYTES);
        return new CudaActivation(live, memory, rows, width);
    }

    @Override
    public KvBuffer kv(AttentionShape shape, int layers, int blocks, int blockTokens) {
        if (blockTokens != CudaKv.BLOCK_TOKENS) {
            throw new IllegalArgumentException(
                    "blockTokens must be " + CudaKv.BLOCK_TOKENS + " on this device, was " + blockTokens);
        }
        if (shape.headDim() != 64 && shape.headDim() != 128) {
            throw new IllegalArgumentException("headDim must be 64 or 128 on this device, was " + shape.headDim());
        }
        StepRunner.Launchers launchers = launchers();
        if (runner != null) {
            throw new IllegalStateException("this device has a KV cache already");
        }
        if (cublas == null) {
            weightsLoaded(0);
        }
        runner = new StepRunner(context, live, limits, shapes, new KvSize(shape, blocks), launchers);
        // Zeros, because masked tokens are multiplied by 0 and must be finite.
        DeviceMemory memory = DeviceMemory.allocateZeros(context, CudaKv.bytes(shape, layers, blocks));
        return new CudaKv(live, memory, shape, layers, blocks);
    }

    @Override
    public HostBlocks hostBlocks(KvBuffer kv, long bytes) {
        return new CudaHostBlocks(context, CudaOps.own(kv), runner().history(), bytes);
    }

    @Override
    public void launch(StepBatch batch, StepProgram program) {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("the batch is empty");
        }
        if (batch.tokens() > limits.maxTokens() || batch.sequences() > limits.maxSequences()) {
            throw new IllegalArgumentException("the batch has " + batch.tokens() + " rows of " + batch.sequences()
                    + " sequences, the device's limits are " + limits);
        }
        runner().launch(batch, program);
    }

    @Override
    public StepResult await() {
        return runner().await();
    }

    private StepRunner runner() {
        if (runner == null) {
            throw new IllegalStateException("this device has no KV cache yet");
        }
        return runner;
    }

    @Override
    public void read(Activation activation, int row, float[] target) {
        runner().read(CudaOps.own(activation), row, target);
    }

    private void closeLoader() {
        if (loader != null) {
            context.enter();
            loader.close();
            loader = null;
        }
    }

    @Override
    public void close() {
        context.enter();
        closeLoader();
        if (runner != null) {
            runner.close();
        }
        if (cublas != null) {
            cublas.close();
        }
        attention.close();
        maps.close();
        launcher.close();
        kernels.close();
        context.close();
        if (live.total() != 0) {
            throw new IllegalStateException("buffers are still open: " + live);
        }
    }
}
