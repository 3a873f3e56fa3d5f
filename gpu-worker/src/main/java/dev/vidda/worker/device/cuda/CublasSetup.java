package dev.vidda.worker.device.cuda;

import dev.vidda.worker.device.CublasSettings;
import dev.vidda.worker.device.DeviceException;
import dev.vidda.worker.device.LiveBytes;
import dev.vidda.worker.device.StepLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides, once the weights of a model are loaded, what cuBLAS computes of it, and makes the copies for that. */
final class CublasSetup implements AutoCloseable {
    /** More than second-level caches hold. */
    private static final long TRIAL_BYTES = 256L << 20;
    /** Rows of prompts to measure beside those of decoding. */
    private static final int[] PROMPTS = {512, 1024, 2048, 4096, 8192};

    private final Context context;
    private final LiveBytes live;
    private final StepRunner.Launchers launchers;
    private final List<String> notes = new ArrayList<>();
    private @Nullable CublasLinears cublas;
    private String description = "";

    /** Matrices of the same shape and kind; cuBLAS sees one of them as it sees the others. */
    private record Group(int outputs, int inputs, LayerKind kind, List<CudaMatrix> matrices) {
        /** Bytes of copies of all of them. */
        long bytes() {
            return matrices.size() * PlainCopy.bytes(matrices.getFirst());
        }

        String name() {
            return "%d x [%d, %d]".formatted(matrices.size(), outputs, inputs);
        }
    }

    private record Measured(Group group, CublasRows rows, double saved) {}

    private record Shape(int outputs, int inputs, boolean gated, boolean biased) {}

    /**
     * What there is to decide about.
     *
     * @param matrices linear maps, each once
     * @param shapes of all matrices of the model
     * @param free bytes of the GPU's memory that are left
     * @param reserved of them, what a KV cache of fixed size will take
     */
    record Model(List<CudaMatrix> matrices, Workspace.Shapes shapes, StepLimits limits, long free, long reserved) {}

    CublasSetup(Context context, LiveBytes live, StepRunner.Launchers launchers) {
        this.context = context;
        this.live = live;
        this.launchers = launchers;
    }

    /**
     * Looks for cuBLAS, measures, chooses and copies.
     *
     * @throws DeviceException if cuBLAS must be used and is not there, does not work, or its copies do not fit
     */
    void run(CublasSettings settings, Model model) {
        if (settings.use() == CublasSettings.Use.OFF) {
            return;
        }
        boolean always = settings.use() == CublasSettings.Use.ON;
        long start = System.nanoTime();
        Optional<CublasLibrary> library = CublasLibrary.find(settings.path());
        if (library.isEmpty()) {
            if (always) {
                throw new DeviceException("cuBLAS is to be used, but no libcublas.so of version 11 or later loads from "
                        + (settings.path().isEmpty() ? "the loader's path" : settings.path()));
            }
            return;
        }
        try {
            cublas = new CublasLinears(new Cublas(library.get(), context, live));
        } catch (DeviceException e) {
            if (always) {
                throw e;
            }
            notes.add("cuBLAS is not used: " + e.getMessage());
            return;
        }
        long opened = System.nanoTime();
        choose(cublas, model, settings.use());
        notes.add(String.format(
                Locale.ROOT,
                "cuBLAS took %.2f s to open, %.2f s to measure and copy for",
                (opened - start) / 1e9,
                (System.nanoTime() - opened) / 1e9));
    }

    private void choose(CublasLinears with, Model model, CublasSettings.Use use) {
        boolean always = use == CublasSettings.Use.ON;
        List<Group> groups = groups(model);
        long budget = CublasBudget.bytes(use, context.totalBytes(), model.free(), model.reserved());
        long needed = groups.stream().mapToLong(Group::bytes).sum();
        if (always && needed > budget) {
            throw new DeviceException("cuBLAS is to be used, but its copies of weights take " + needed + " bytes, only "
                    + budget + " are free");
        }
        List<CublasBudget.Candidate<Measured>> candidates = new ArrayList<>();
        for (Group group : groups) {
            if (group.bytes() > budget) {
                notes.add("cuBLAS is not used for %s: copies would take %d bytes, at most %d may be taken"
                        .formatted(group.name(), group.bytes(), budget));
            } else {
                Measured measured = measure(with, group, model, always);
                candidates.add(new CublasBudget.Candidate<>(measured, group.bytes(), always ? 1 : measured.saved()));
            }
        }
        List<Measured> chosen = CublasBudget.choose(candidates, budget);
        candidates.stream()
                .map(CublasBudget.Candidate::what)
                .filter(measured -> measured.saved() > 0 && !chosen.contains(measured))
                .forEach(measured -> notes.add(
                        "cuBLAS is not used for " + measured.group().name() + ": other copies are worth more"));
        chosen.forEach(measured -> take(with, measured));
        if (chosen.isEmpty()) {
            notes.add(with.description() + " is not used: it is nowhere faster, or has no room");
            with.close();
            cublas = null;
            return;
        }
        description = ", %s for %d of %d shapes".formatted(with.description(), chosen.size(), groups.size());
    }

    private Measured measure(CublasLinears with, Group group, Model model, boolean always) {
        List<CublasRows.Trial> trials;
        try {
            trials = trials(with, group, model);
        } catch (DeviceException e) {
            if (always) {
                throw e;
            }
            notes.add("cuBLAS is not used for " + group.name() + ": " + e.getMessage());
            return new Measured(group, CublasRows.ALL, 0);
        }
        CublasRows rows = always || trials.isEmpty() ? CublasRows.ALL : CublasRows.measured(trials);
        double saved =
                trials.stream().mapToDouble(CublasRows.Trial::savedPerRow).sum();
        notes.add("cuBLAS for %s: rows %s (us, own/cuBLAS, by rows: %s)"
                .formatted(group.name(), rows, CublasRows.describe(trials)));
        return new Measured(group, rows, saved * group.matrices().size());
    }

    private static List<Group> groups(Model model) {
        Map<Shape, List<CudaMatrix>> byShape = new LinkedHashMap<>();
        for (CudaMatrix m : model.matrices()) {
            if (CublasLinears.canTake(m)) {
                Shape shape = new Shape(m.outputs(), m.inputs(), m.gated(), m.bias() != 0);
                byShape.computeIfAbsent(shape, s -> new ArrayList<>()).add(m);
            }
        }
        int hidden = model.shapes().hidden();
        return byShape.entrySet().stream()
                .map(e -> new Group(
                        e.getKey().outputs(),
                        e.getKey().inputs(),
                        LayerKind.of(
                                e.getKey().outputs(),
                                e.getKey().inputs(),
                                e.getKey().gated(),
                                hidden),
                        e.getValue()))
                .toList();
    }

    /** Measures a group with copies of some of its matrices, which are gone afterwards. */
    private List<CublasRows.Trial> trials(CublasLinears with, Group group, Model model) {
        int[] rows = rows(group.kind(), model.limits());
        int count = rows.length;
        while (count > 0 && roomSize(group, model, rows[count - 1]).bytes() > context.freeBytes() / 2) {
            count--;
        }
        if (count == 0) {
            return List.of();
        }
        long enough = Math.ceilDiv(TRIAL_BYTES, PlainCopy.bytes(group.matrices().getFirst()));
        List<CudaMatrix> some =
                group.matrices().subList(0, (int) Math.min(group.matrices().size(), enough));
        List<CublasLinears.Use> uses = uses(with, some, CublasRows.ALL);
        try (CublasTrials.Room room = CublasTrials.Room.of(context, live, roomSize(group, model, rows[count - 1]));
                CublasTrials trials = new CublasTrials(context, launchers, room)) {
            return trials.of(some, uses, group.kind(), Arrays.copyOf(rows, count));
        } finally {
            uses.forEach(use -> use.copy().close());
        }
    }

    private CublasTrials.RoomSize roomSize(Group group, Model model, int rows) {
        long row = (long) group.outputs()
                * switch (group.kind()) {
                    case ROWS, GATED -> Short.BYTES;
                    case RESIDUAL, HEAD -> Float.BYTES;
                };
        long parts = model.shapes()
                .partFloats(launchers.linears().gpu(), model.limits().maxTokens());
        return new CublasTrials.RoomSize(rows, group.inputs(), parts, rows * row);
    }

    private static int[] rows(LayerKind kind, StepLimits limits) {
        int[] decoding = StepGraphs.buckets(limits.maxSequences());
        if (kind == LayerKind.HEAD) {
            return CublasRows.classes(limits.maxSequences(), decoding);
        }
        int[] mixed = StepGraphs.buckets(Math.min(LinearPlan.CUT_ROWS, limits.maxTokens()));
        return kind == LayerKind.GATED
                ? CublasRows.classes(LinearPlan.CUT_ROWS, decoding, mixed)
                : CublasRows.classes(limits.maxTokens(), decoding, mixed, PROMPTS, new int[] {limits.maxTokens()});
    }

    private List<CublasLinears.Use> uses(CublasLinears with, List<CudaMatrix> matrices, CublasRows rows) {
        try (PlainCopies copies = new PlainCopies(context, live, launchers.linears(), launchers.element())) {
            return matrices.stream()
                    .map(matrix -> new CublasLinears.Use(with, copies.of(matrix), rows))
                    .toList();
        }
    }

    private void take(CublasLinears with, Measured measured) {
        List<CudaMatrix> matrices = measured.group().matrices();
        List<CublasLinears.Use> uses = uses(with, matrices, measured.rows());
        for (int i = 0; i < matrices.size(); i++) {
            matrices.get(i).use(uses.get(i));
        }
    }

    /** What was measured and decided. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** {@code , cuBLAS 13.1.0 for 3 of 5 shapes}; empty where it is not used. */
    String description() {
        return description;
    }

    @Override
    public void close() {
        if (cublas != null) {
            cublas.close();
        }
    }
}
