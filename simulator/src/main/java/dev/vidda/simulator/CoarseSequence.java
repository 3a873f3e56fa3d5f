package dev.vidda.simulator;

/** A sequence of a {@link CoarseWorker}. */
final class CoarseSequence {
    final SimRequest request;
    /** Names of the strides of its text so far. */
    private long[] names = {};
    /** Strides that it holds, from the first on. */
    int strides;
    /** Blocks of its own, beside those. */
    int ownBlocks;

    int computed;
    int target;
    boolean started;
    boolean again;
    long decodeBase;

    CoarseSequence(SimRequest request) {
        this.request = request;
        this.target = request.length();
    }

    int remaining() {
        return target - computed;
    }

    long name(int stride, int blockTokens) {
        if (stride >= names.length) {
            int old = names.length;
            names = java.util.Arrays.copyOf(
                    names, Math.max(stride + 1, target / (StridePool.STRIDE_BLOCKS * blockTokens)));
            for (int i = old; i < names.length; i++) {
                names[i] = request.blockName((i + 1) * StridePool.STRIDE_BLOCKS - 1, blockTokens);
            }
        }
        return names[stride];
    }
}
