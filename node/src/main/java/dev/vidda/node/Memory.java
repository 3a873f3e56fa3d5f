package dev.vidda.node;

import dev.vidda.worker.model.KvMemory;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads amounts of memory as people write them. */
public final class Memory {
    private static final Pattern SHARE = Pattern.compile("0?\\.\\d+|1\\.0+");

    private Memory() {}

    /** {@code 2GiB} is a size, {@code 0.5} a share, {@code auto} what is usual; anything else, and nothing, is empty. */
    public static Optional<KvMemory> parse(String text) {
        if (text.equals("auto")) {
            return Optional.of(new KvMemory.Usual());
        }
        if (SHARE.matcher(text).matches()) {
            double share = Double.parseDouble(text);
            return share > 0 ? Optional.of(new KvMemory.Fraction(share)) : Optional.empty();
        }
        return ByteSize.parse(text).filter(bytes -> bytes > 0).map(KvMemory.Bytes::new);
    }
}
