package dev.vidda.node;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 2GiB}, {@code 1.5 GB}, {@code 512m}, {@code 1048576}. */
public final class ByteSize {
    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(i?)b?", Pattern.CASE_INSENSITIVE);
    private static final String PREFIXES = "kmgt";

    private ByteSize() {}

    /** The bytes of {@code text}, or nothing if it is not a size. Units without {@code i} and with {@code B} are decimal. */
    public static Optional<Long> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        double number = Double.parseDouble(matcher.group(1));
        int power = PREFIXES.indexOf(matcher.group(2).toLowerCase(Locale.ROOT)) + 1;
        if (matcher.group(2).isEmpty()) {
            power = 0;
        }
        boolean decimal = matcher.group(3).isEmpty()
                && text.strip().toLowerCase(Locale.ROOT).endsWith("b");
        double bytes = number * Math.pow(decimal ? 1000 : 1024, power);
        return bytes <= Long.MAX_VALUE ? Optional.of(Math.round(bytes)) : Optional.empty();
    }

    /** Three significant digits and a binary unit: {@code 1.95 GiB}. */
    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int power = 0;
        while (value >= 999.5 && power < PREFIXES.length()) {
            value /= 1024;
            power++;
        }
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %siB", value, "KMGT".charAt(power - 1));
    }
}
