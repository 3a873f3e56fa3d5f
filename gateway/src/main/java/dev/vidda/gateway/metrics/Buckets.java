package dev.vidda.gateway.metrics;

/** Upper bounds of histograms, as vLLM has them. */
final class Buckets {
    /** Time to first token, in seconds. */
    static final double[] TTFT = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0,
        160.0, 640.0, 2560.0
    };

    /** Time between two tokens, in seconds. */
    static final double[] TOKEN = {
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0
    };

    /** Time of a whole request or one of its phases, in seconds. */
    static final double[] REQUEST = {
        0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0, 480.0, 960.0,
        1920.0, 7680.0
    };

    /** Numbers of tokens. */
    static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000
    };

    /** Samples of a prompt. */
    static final double[] SAMPLES = {1, 2, 5, 10, 20};

    private Buckets() {}
}
