package dev.vidda.worker.device.cpu;

/** Normalises rows, all or a selection, into a workspace of its own. */
final class NormTask implements Team.Task {
    private static final int ROWS_PER_CHUNK = 8;

    private final Team team;
    private final int maxRows;
    private float[] normed = {};

    private float[] x = {};
    private int stride;
    private int rows;
    private int[] selection = {};
    private boolean selective;
    private float[] scale = {};
    private float epsilon;

    NormTask(Team team, int maxRows) {
        this.team = team;
        this.maxRows = maxRows;
    }

    /** Normalises the first {@code count} rows of {@code source}; the result is valid until the next run. */
    float[] run(CpuActivation source, int count, float[] newScale, float newEpsilon) {
        selective = false;
        return start(source, count, newScale, newEpsilon);
    }

    /** Normalises the rows {@code selected[0 .. count)} of {@code source}. */
    float[] run(CpuActivation source, int[] selected, int count, float[] newScale, float newEpsilon) {
        selective = true;
        selection = selected;
        return start(source, count, newScale, newEpsilon);
    }

    private float[] start(CpuActivation source, int count, float[] newScale, float newEpsilon) {
        x = source.data();
        stride = source.stride();
        rows = count;
        scale = newScale;
        epsilon = newEpsilon;
        int needed = (maxRows + Panels.ROWS - 1) * stride;
        if (normed.length < needed) {
            normed = new float[needed];
        }
        team.run(Math.ceilDiv(count, ROWS_PER_CHUNK), this);
        return normed;
    }

    @Override
    public void run(int chunk, int thread) {
        int end = Math.min(rows, (chunk + 1) * ROWS_PER_CHUNK);
        for (int row = chunk * ROWS_PER_CHUNK; row < end; row++) {
            int from = (selective ? selection[row] : row) * stride;
            RowMath.rmsNorm(x, from, scale, epsilon, normed, row * stride);
        }
    }
}
