package dev.vidda.gateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.vidda.gateway.openai.RequestLimits;
import dev.vidda.gateway.security.SecuritySettings;
import dev.vidda.gateway.stream.ContinuationSettings;
import java.time.Duration;
import java.util.function.Function;

/**
 * The settings under {@code vidda.gateway}; {@code reference.conf} says what each means.
 *
 * @param maxBody bytes
 * @param largeBody bytes
 * @param defaultMaxTokens 0 for all the room there is
 * @param streamBuffer deltas for each choice
 * @param pingInterval zero for none
 */
public record GatewaySettings(
        String host,
        int port,
        int maxConnections,
        int backlog,
        Duration keepAlive,
        Duration writeTimeout,
        int maxBody,
        Duration bodyTimeout,
        int largeBody,
        RequestLimits limits,
        int defaultMaxTokens,
        int streamBuffer,
        Duration pingInterval,
        Duration admissionTimeout,
        Duration schedulerSilence,
        Duration modelPoll,
        Duration shutdownTimeout,
        boolean webChat,
        DialectSettings dialect,
        ContinuationSettings continuation,
        SecuritySettings security) {
    /** Where the settings are in a configuration. */
    public static final String PATH = "vidda.gateway";

    private static final int MAX_PORT = 65535;

    /**
     * Reads the settings.
     *
     * @param root a whole configuration, with {@code reference.conf} in it
     * @throws IllegalArgumentException that names the key at fault
     */
    public static GatewaySettings from(Config root) {
        Reader reader = new Reader(root);
        return new GatewaySettings(
                reader.read("host", root::getString),
                reader.integer("port", 0, MAX_PORT),
                reader.integer("max-connections", 1, Integer.MAX_VALUE),
                reader.integer("backlog", 1, Integer.MAX_VALUE),
                reader.duration("keep-alive", 1),
                reader.duration("write-timeout", 1),
                reader.size("max-body"),
                reader.duration("body-timeout", 1),
                reader.size("large-body"),
                new RequestLimits(
                        reader.integer("max-choices", 1, Integer.MAX_VALUE),
                        reader.integer("max-prompts", 1, Integer.MAX_VALUE),
                        reader.integer("max-messages", 1, Integer.MAX_VALUE)),
                reader.integer("default-max-tokens", 0, Integer.MAX_VALUE),
                reader.integer("stream-buffer", 1, Integer.MAX_VALUE),
                reader.duration("ping-interval", 0),
                reader.duration("admission-timeout", 1),
                reader.duration("scheduler-silence", 10),
                reader.duration("model-poll", 1),
                reader.duration("shutdown-timeout", 0),
                reader.read("web-chat", root::getBoolean),
                new DialectSettings(
                        reader.read("dialect.tool-parser", root::getString),
                        reader.read("dialect.reasoning-parser", root::getString)),
                reader.read("continuation", path -> ContinuationSettings.from(root.getConfig(path))),
                reader.read("security", path -> SecuritySettings.from(root.getConfig(path))));
    }

    private record Reader(Config root) {
        <T> T read(String key, Function<String, T> getter) {
            String path = PATH + "." + key;
            try {
                return getter.apply(path);
            } catch (ConfigException e) {
                throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
            }
        }

        int integer(String key, int min, int max) {
            int value = read(key, root::getInt);
            check(key, value >= min && value <= max, "must be between " + min + " and " + max, value);
            return value;
        }

        int size(String key) {
            long value = read(key, root::getBytes);
            check(key, value >= 1 && value <= Integer.MAX_VALUE, "must be between 1 byte and 2 GiB", value);
            return (int) value;
        }

        Duration duration(String key, long minMillis) {
            Duration value = read(key, root::getDuration);
            check(key, value.toMillis() >= minMillis, "must be at least " + minMillis + " ms", value);
            return value;
        }

        private static void check(String key, boolean holds, String rule, Object value) {
            if (!holds) {
                throw new IllegalArgumentException(PATH + "." + key + " " + rule + ", but it is " + value);
            }
        }
    }
}
