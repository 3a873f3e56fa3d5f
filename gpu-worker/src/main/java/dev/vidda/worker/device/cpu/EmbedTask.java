package dev.vidda.worker.device.cpu;

import dev.vidda.worker.device.Weight;

/** Looks up the embeddings of a step's tokens; in chunks of rows. */
@SuppressWarnings("NullAway.Init") // what a task works on is set before it runs
final class EmbedTask implements Team.Task {
    private static final int ROWS_PER_CHUNK = 4;

    private final Team team;
    private int[] tokenIds = {};
    private int rows;
    private Weight table;
    private CpuActivation x;

    EmbedTask(Team team) {
        this.team = team;
    }

    void run(int[] newTokenIds, int newRows, Weight newTable, CpuActivation newX) {
        tokenIds = newTokenIds;
        rows = newRows;
        table = newTable;
        x = newX;
        team.run(Math.ceilDiv(rows, ROWS_PER_CHUNK), this);
    }

    @Override
    public void run(int chunk, int thread) {
        int end = Math.min(rows, (chunk + 1) * ROWS_PER_CHUNK);
        for (int row = chunk * ROWS_PER_CHUNK; row < end; row++) {
            int token = tokenIds[row];
            if (token < 0 || token >= table.outputs()) {
                throw new IllegalArgumentException(
                        "token id " + token + " is not in the vocabulary of " + table.outputs());
            }
            switch (table) {
                case PackedMatrix packed -> packed.copyOutput(token, x.data(), row * x.stride());
                case CpuTable plain -> plain.copyRow(token, x.data(), row * x.stride());
                default -> throw new IllegalArgumentException("not an embedding table of this device: " + table);
            }
        }
    }
}
