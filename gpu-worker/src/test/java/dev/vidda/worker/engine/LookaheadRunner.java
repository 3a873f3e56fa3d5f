package dev.vidda.worker.engine;

import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;

/** A runner that wants lookahead, whether it gains by that or not. */
record LookaheadRunner(ModelRunner runner) implements ModelRunner {
    @Override
    public boolean gainsByLookahead() {
        return true;
    }

    @Override
    public String device() {
        return runner.device();
    }

    @Override
    public KvShape kvShape() {
        return runner.kvShape();
    }

    @Override
    public int kvBlocks() {
        return runner.kvBlocks();
    }

    @Override
    public int vocabSize() {
        return runner.vocabSize();
    }

    @Override
    public int maxModelLength() {
        return runner.maxModelLength();
    }

    @Override
    public void launch(StepBatch batch) {
        runner.launch(batch);
    }

    @Override
    public StepResult await() {
        return runner.await();
    }

    @Override
    public void close() {
        runner.close();
    }
}
