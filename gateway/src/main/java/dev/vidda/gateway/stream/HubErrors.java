package dev.vidda.gateway.stream;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.Refusal;

/** What a client hears of a request that could not be finished. */
final class HubErrors {
    private static final String TOKENS_LOST = "tokens_lost";
    private static final long RETRY_AFTER_SECONDS = 1;

    private HubErrors() {}

    static ApiError workerLost(String workerId) {
        return ApiError.engine("worker_lost", "Worker " + workerId + " was lost while it ran the request.");
    }

    static ApiError workerSilent(String workerId) {
        return ApiError.engine("worker_lost", "Worker " + workerId + " fell silent while it ran the request.");
    }

    static ApiError framesLost(String workerId, long number, long expected) {
        return tokensLost("frame " + number + " of worker " + workerId + " came where " + expected + " was expected");
    }

    static ApiError tokensLost(String what) {
        return ApiError.engine(TOKENS_LOST, "Tokens of the answer were lost: " + what + ".");
    }

    /** The worker could not or would not go on. */
    static ApiError stopped(Finish finish) {
        return ApiError.engine("engine_failure", finish.message().isBlank() ? "The engine failed." : finish.message());
    }

    static ApiError nowhereToContinue(Refusal refusal) {
        return ApiError.engine(
                "worker_lost", "The request's worker was lost, and no other one can continue it: " + refusal.message());
    }

    static ApiError noneToContinue() {
        return ApiError.engine(
                "worker_lost", "The request's worker was lost, and no other one had room to continue it in time.");
    }

    static ApiError noScheduler(String why) {
        return ApiError.unavailable("no_scheduler", why, RETRY_AFTER_SECONDS);
    }
}
