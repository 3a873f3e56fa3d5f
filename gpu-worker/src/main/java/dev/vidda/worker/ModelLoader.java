package dev.vidda.worker;

import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.weights.LoadProgress;

/** Makes the model a worker serves. Called once, on the thread that will run it, and may take minutes. */
@FunctionalInterface
public interface ModelLoader {
    /**
     * @param progress told how far it is, from any thread
     * @throws Exception if the model cannot be loaded; the message goes to whoever started the worker
     */
    ModelRunner load(LoadProgress progress) throws Exception;
}
