package dev.vidda.gateway.admin.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The GPUs and models that are known by name; both tables are resources. Names are found whatever their case. */
public final class PlanTables {
    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;
    private static final long MEBI = 1 << 20;

    private final Map<String, GpuType> gpus;
    private final Map<String, ModelFacts> models;

    private PlanTables(Map<String, GpuType> gpus, Map<String, ModelFacts> models) {
        this.gpus = gpus;
        this.models = models;
    }

    /** Reads the tables. */
    public static PlanTables load() {
        Map<String, GpuType> gpus = new LinkedHashMap<>();
        for (JsonNode gpu : resource("/plan/gpus.json")) {
            String name = gpu.path("name").asText();
            gpus.put(
                    name.toLowerCase(Locale.ROOT),
                    new GpuType(
                            name,
                            gpu.path("memoryMiB").asLong() * MEBI,
                            gpu.path("bandwidthGBs").asDouble() * GIGA,
                            gpu.path("tflops").asDouble() * TERA,
                            gpu.path("fp8Tflops").asDouble() * TERA));
        }
        Map<String, ModelFacts> models = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> model : resource("/plan/models.json").properties()) {
            models.put(model.getKey().toLowerCase(Locale.ROOT), ModelFacts.read(model.getKey(), model.getValue()));
        }
        return new PlanTables(gpus, models);
    }

    /** All GPUs by their names in lower case, smallest first. */
    public Map<String, GpuType> gpus() {
        return new LinkedHashMap<>(gpus);
    }

    /** All models by their names in lower case. */
    public Map<String, ModelFacts> models() {
        return new LinkedHashMap<>(models);
    }

    /** @throws IllegalArgumentException naming those that there are */
    public GpuType gpu(String name) {
        return find(gpus, "GPU", name, GpuType::name);
    }

    /** @throws IllegalArgumentException naming those that there are */
    public ModelFacts model(String name) {
        return find(models, "model", name, ModelFacts::name);
    }

    private static <T> T find(Map<String, T> table, String kind, String name, Function<T, String> naming) {
        String key = name.toLowerCase(Locale.ROOT);
        T exact = table.get(key);
        if (exact != null) {
            return exact;
        }
        // "h200" for "H200-SXM-141GB", "Qwen3-4B" for "Qwen/Qwen3-4B-Instruct-2507".
        return table.entrySet().stream()
                .filter(entry -> entry.getKey().contains(key))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no " + kind + " '" + name + "' is known; there are "
                        + table.values().stream().map(naming).collect(Collectors.joining(", "))));
    }

    private static JsonNode resource(String path) {
        try (InputStream in = PlanTables.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(path + " is not on the class path");
            }
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
    }
}
