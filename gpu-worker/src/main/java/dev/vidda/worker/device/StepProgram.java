package dev.vidda.worker.device;

/**
 * A model's forward pass as a sequence of operations. It makes the same calls with the same arguments whenever it runs,
 * so a device may run it once to record a graph and replay that from then on.
 */
@FunctionalInterface
public interface StepProgram {
    void run(Ops ops);
}
