package dev.vidda.simulator;

import dev.vidda.protocol.StepSample;
import dev.vidda.protocol.kv.KvShape;
import dev.vidda.worker.step.ModelRunner;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A device that computes nothing: it says how long a step would have taken, and draws the tokens that the trace names. */
final class TableRunner implements ModelRunner {
    static final int VOCABULARY = 32_000;

    private final WorkerShape shape;
    private final StepResult result;
    private final Map<Long, SimRequest> requests = new HashMap<>();
    private long nanos;
    private long decodedRows;
    private StepSample sample = new StepSample(0, 0, 0, 0, 0);

    TableRunner(WorkerShape shape) {
        this.shape = shape;
        this.result = new StepResult(shape.maxSequences());
    }

    void knows(SimRequest request) {
        requests.put((long) request.number, request);
    }

    void forgets(SimRequest request) {
        requests.remove((long) request.number);
    }

    /** The time that the last step took. */
    long stepNanos() {
        return nanos;
    }

    StepSample sample() {
        return sample;
    }

    /** Rows so far that continued a sequence by one token. */
    long decodedRows() {
        return decodedRows;
    }

    @Override
    public void launch(StepBatch batch) {
        int prefill = 0;
        long pairs = 0;
        int decodes = 0;
        long kv = 0;
        for (int i = 0; i < batch.sequences(); i++) {
            int count = batch.queryStarts()[i + 1] - batch.queryStarts()[i];
            int context = batch.contexts()[i];
            if (count == 1) {
                decodes++;
                kv += context;
            } else {
                prefill += count;
                pairs += StepSample.pairs(count, context - (long) count);
            }
        }
        decodedRows += decodes;
        nanos = shape.times().nanos(prefill, (double) pairs, decodes, (double) kv);
        sample = new StepSample(prefill, pairs, decodes, kv, nanos / 1_000);
        result.clear();
        for (int i = 0; i < batch.sampled(); i++) {
            SimRequest request = Objects.requireNonNull(requests.get(batch.samples()[i].seed()));
            result.add(request.token(batch.samples()[i].length(), VOCABULARY), null);
        }
    }

    @Override
    public StepResult await() {
        return result;
    }

    @Override
    public String device() {
        return "simulated";
    }

    @Override
    public KvShape kvShape() {
        return shape.kvShape();
    }

    @Override
    public int kvBlocks() {
        return shape.kvBlocks();
    }

    @Override
    public int vocabSize() {
        return VOCABULARY;
    }

    @Override
    public int maxModelLength() {
        return shape.maxModelLength();
    }

    @Override
    public void close() {
        requests.clear();
    }
}
