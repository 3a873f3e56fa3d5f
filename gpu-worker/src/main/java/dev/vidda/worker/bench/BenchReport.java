package dev.vidda.worker.bench;

import dev.vidda.worker.device.Ceilings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What was measured.
 *
 * @param model what ran, in words
 * @param device what computed, in words
 * @param loadSeconds from the start of loading to a model that can run
 * @param ceilings of the device, measured before
 * @param notes what the device found out about itself; what was not measured, and why
 */
public record BenchReport(
        String model,
        String device,
        double loadSeconds,
        Ceilings ceilings,
        List<Decode> decode,
        List<Prefill> prefill,
        Optional<Requests> requests,
        List<String> notes) {
    public BenchReport {
        decode = List.copyOf(decode);
        prefill = List.copyOf(prefill);
        notes = List.copyOf(notes);
    }

    /**
     * Speed of a device against its ceilings.
     *
     * @param bytesPerSecond the least that had to be read, over the time
     * @param operationsPerSecond the same of what had to be computed
     * @param share the least time by the ceilings over the time
     */
    public record Use(double bytesPerSecond, double operationsPerSecond, double share) {}

    /**
     * A batch that decodes.
     *
     * @param context tokens of each sequence when the clock started
     * @param tokensPerSecond of all sequences together
     * @param stepSeconds mean time of a step, everything included
     * @param idle share of the time in which the device computed nothing, if it can tell
     */
    public record Decode(
            int batch,
            int context,
            int output,
            double tokensPerSecond,
            double stepSeconds,
            Use use,
            OptionalDouble idle) {}

    /**
     * A prompt alone, until its first token was there.
     *
     * @param seconds the median of a few
     */
    public record Prefill(int length, double tokensPerSecond, double seconds, Use use) {}

    /**
     * Requests that came and went as from clients, without a gateway.
     *
     * @param concurrency at a time
     * @param outputPerSecond generated tokens a second, prompts' time included
     */
    public record Requests(
            int count, int concurrency, int prompt, int output, double seconds, double outputPerSecond) {}
}
