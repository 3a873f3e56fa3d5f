package dev.vidda.worker.device.cuda;

import dev.vidda.protocol.TokenIds;
import dev.vidda.protocol.TokenLogprobs;
import dev.vidda.worker.step.StepBatch;
import dev.vidda.worker.step.StepResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

import static dev.vidda.worker.device.cuda.Driver.check;

/** What one step in flight drew, on its way to pinned memory, and the event that says it is there. */
final class Readback implements AutoCloseable {
    private static final long SUM = 0;
    private static final long LARGEST = 8;
    private static final long DRAWN = 12;
    private static final long SIZE = 16;
    private static final long TOP = 20;

    private final Context context;
    private final PinnedMemory tokens;
    private final PinnedMemory records;
    private final CUevent arrived = new CUevent();
    private @Nullable StepBatch batch;

    Readback(Context context, int sequences) {
        this.context = context;
        tokens = new PinnedMemory(context, (long) sequences * Integer.BYTES);
        records = new PinnedMemory(context, (long) sequences * Draws.RECORD_BYTES);
        check(JCudaDriver.cuEventCreate(arrived, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
    }

    /** Starts to bring back what a step over {@code launched} draws. */
    void start(StepBatch launched, Draws draws) {
        batch = launched;
        int sampled = launched.sampled();
        if (sampled > 0) {
            draws.tokens().download(context, 0, tokens.segment().asSlice(0, (long) sampled * Integer.BYTES));
        }
        if (wantsRecords(launched)) {
            draws.records().download(context, 0, records.segment().asSlice(0, (long) sampled * Draws.RECORD_BYTES));
        }
        check(JCudaDriver.cuEventRecord(arrived, context.stream()), "cuEventRecord");
    }

    private static boolean wantsRecords(StepBatch batch) {
        for (int i = 0; i < batch.sampled(); i++) {
            if (batch.samples()[i].sampling().topLogprobs() >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Waits until everything is here, and puts it into {@code result}. */
    void finish(StepResult result) {
        StepBatch awaited = batch;
        if (awaited == null) {
            throw new IllegalStateException("no step was launched");
        }
        batch = null;
        check(JCudaDriver.cuEventSynchronize(arrived), "a kernel");
        result.clear();
        for (int i = 0; i < awaited.sampled(); i++) {
            int token = tokens.segment().getAtIndex(ValueLayout.JAVA_INT, i);
            boolean wanted = awaited.samples()[i].sampling().topLogprobs() >= 0;
            result.add(token, wanted && token != StepResult.NO_TOKEN ? logprobs(i) : null);
        }
    }

    private TokenLogprobs logprobs(int row) {
        MemorySegment record = records.segment().asSlice((long) row * Draws.RECORD_BYTES, Draws.RECORD_BYTES);
        double logOfSum =
                record.get(ValueLayout.JAVA_FLOAT, LARGEST) + Math.log(record.get(ValueLayout.JAVA_DOUBLE, SUM));
        int[] ids = new int[record.get(ValueLayout.JAVA_INT, SIZE)];
        List<Float> values = new ArrayList<>(ids.length);
        for (int rank = 0; rank < ids.length; rank++) {
            ids[rank] = record.get(ValueLayout.JAVA_INT, TOP + 8L * rank);
            values.add((float) (record.get(ValueLayout.JAVA_FLOAT, TOP + 8L * rank + 4) - logOfSum));
        }
        float drawn = (float) (record.get(ValueLayout.JAVA_FLOAT, DRAWN) - logOfSum);
        return new TokenLogprobs(drawn, TokenIds.of(ids), values);
    }

    @Override
    public void close() {
        check(JCudaDriver.cuEventDestroy(arrived), "cuEventDestroy");
        tokens.close();
        records.close();
    }
}
