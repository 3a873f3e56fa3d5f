package dev.vidda.worker.device.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

import static dev.vidda.worker.device.cuda.Driver.check;

/** When the GPU began and ended to compute each of the last few steps, by events on its stream. */
final class StepClock implements AutoCloseable {
    /** More than the steps in flight and the one before them. */
    private static final int KEPT = 4;

    private final Context context;
    private final CUevent[] begun = new CUevent[KEPT];
    private final CUevent[] ended = new CUevent[KEPT];
    private final float[] milliseconds = new float[1];

    StepClock(Context context) {
        this.context = context;
        for (int i = 0; i < KEPT; i++) {
            begun[i] = create();
            ended[i] = create();
        }
    }

    private static CUevent create() {
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), "cuEventCreate");
        return event;
    }

    /** Step number {@code step} begins to compute here. */
    void begins(long step) {
        record(begun[index(step)]);
    }

    /** Step number {@code step} has computed everything here. */
    void ends(long step) {
        record(ended[index(step)]);
    }

    private void record(CUevent event) {
        check(JCudaDriver.cuEventRecord(event, context.stream()), "cuEventRecord");
    }

    /** Nanoseconds that a step took, which must have ended. */
    long computeNanos(long step) {
        return nanos(begun[index(step)], ended[index(step)]);
    }

    /** Nanoseconds from the end of the step before to the beginning of this one; -1 for the first. */
    long idleNanos(long step) {
        return step == 0 ? -1 : nanos(ended[index(step - 1)], begun[index(step)]);
    }

    private long nanos(CUevent from, CUevent to) {
        check(JCudaDriver.cuEventElapsedTime(milliseconds, from, to), "cuEventElapsedTime");
        return (long) (1e6 * milliseconds[0]);
    }

    private static int index(long step) {
        return (int) (step % KEPT);
    }

    @Override
    public void close() {
        for (int i = 0; i < KEPT; i++) {
            check(JCudaDriver.cuEventDestroy(begun[i]), "cuEventDestroy");
            check(JCudaDriver.cuEventDestroy(ended[i]), "cuEventDestroy");
        }
    }
}
