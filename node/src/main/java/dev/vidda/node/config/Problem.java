package dev.vidda.node.config;

/**
 * A mistake in the configuration.
 *
 * @param key the full path of the key; empty if it concerns none in particular
 * @param value what it is set to, as the configuration would write it; empty if nothing
 * @param origin where it was set, such as {@code conf/gateway.conf: 12}; empty if unknown
 * @param wrong what is wrong about it
 * @param remedy what to do
 */
public record Problem(String key, String value, String origin, String wrong, String remedy) {
    /** All of it in one line. */
    public String line() {
        StringBuilder line = new StringBuilder(key);
        if (!value.isEmpty()) {
            line.append(" = ").append(value);
        }
        if (!origin.isEmpty()) {
            line.append(line.isEmpty() ? "" : " ").append('(').append(origin).append(')');
        }
        line.append(line.isEmpty() ? "" : ": ").append(wrong).append("; ").append(remedy);
        return line.toString().replaceAll("\\s*\\R\\s*", " ");
    }
}
