package dev.vidda.gateway.stream;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * When and how often a stream continues on another worker: {@code vidda.gateway.continuation}.
 *
 * @param workerSilence a worker that was silent for so long is given up
 * @param mostFailures workers that may fail one request before its client gets an error; 0 for none
 * @param giveUpAfter how long a stream may stand still for want of a worker to continue on
 * @param workerWait how long a request that has not begun waits when the scheduler knows no worker for it
 */
public record ContinuationSettings(
        Duration workerSilence, int mostFailures, Duration giveUpAfter, Duration workerWait) {
    /**
     * Reads the settings.
     *
     * @param config the object at {@code vidda.gateway.continuation}
     * @throws com.typesafe.config.ConfigException if a key is missing or has another type
     * @throws IllegalArgumentException naming the key whose value is out of bounds
     */
    public static ContinuationSettings from(Config config) {
        Duration silence = config.getDuration("worker-silence");
        int failures = config.getInt("most-failures");
        Duration giveUp = config.getDuration("give-up-after");
        Duration workerWait = config.getDuration("worker-wait");
        require(silence.toMillis() >= 1, "worker-silence must be at least 1 ms", silence);
        require(failures >= 0, "most-failures must be at least 0", failures);
        require(giveUp.toMillis() >= 1, "give-up-after must be at least 1 ms", giveUp);
        require(!workerWait.isNegative(), "worker-wait must not be negative", workerWait);
        return new ContinuationSettings(silence, failures, giveUp, workerWait);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("vidda.gateway.continuation." + rule + ", was " + value);
        }
    }
}
