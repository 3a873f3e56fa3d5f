package dev.vidda.gateway.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tokenizer whose encoding is Hugging Face's own {@code tokenizers} library, through DJL, and whose decoding is done
 * here from the same {@code tokenizer.json}.
 *
 * <p>Nothing is ever downloaded. The native library is unpacked on first use to the directory named by the
 * environment variable or system property {@code DJL_CACHE_DIR}; by default to {@code vidda/native} in the user's cache
 * directory, or in the temporary directory where there is none to write to.
 */
public final class NativeTokenizer implements Tokenizer {

    static {
        NativeLibraryPlace.settle();
    }

    private final HuggingFaceTokenizer encoder;
    private final TokenTable tokens;

    private NativeTokenizer(HuggingFaceTokenizer encoder, TokenTable tokens) {
        this.encoder = encoder;
        this.tokens = tokens;
    }

    /**
     * @param modelDirectory a directory with a {@code tokenizer.json}
     * @throws ModelFileException when that file is missing, corrupt, or of a kind that cannot be decoded faithfully
     */
    public static NativeTokenizer load(Path modelDirectory) {
        Path file = modelDirectory.resolve("tokenizer.json");
        TokenTable tokens = TokenizerFile.read(file);
        try {
            HuggingFaceTokenizer encoder = HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optTruncation(false)
                    .optPadding(false)
                    .build();
            return new NativeTokenizer(encoder, tokens);
        } catch (IOException e) {
            throw new ModelFileException(file, "cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new ModelFileException(file, "not understood by the tokenizers library: " + e.getMessage(), e);
        }
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        long[] ids = encoder.encode(wellFormed(text), addSpecialTokens, false).getIds();
        int[] narrow = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = Math.toIntExact(ids[i]);
        }
        return narrow;
    }

    @Override
    public TokenTable tokens() {
        return tokens;
    }

    @Override
    public void close() {
        encoder.close();
    }

    /** The text with U+FFFD for surrogates that stand alone: they have no UTF-8 and JSON can carry them. */
    private static String wellFormed(String text) {
        StringBuilder fixed = null;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (!Character.isSurrogate(character)) {
                continue;
            }
            boolean pair = Character.isHighSurrogate(character)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else {
                fixed = fixed == null ? new StringBuilder(text) : fixed;
                fixed.setCharAt(i, '\uFFFD');
            }
        }
        return fixed == null ? text : fixed.toString();
    }

    /** Tells DJL, before its classes load, to stay off the network and where to unpack. */
    private static final class NativeLibraryPlace {

        private static void settle() {
            setDefault("ai.djl.offline", "DJL_OFFLINE", "true");
            // On a host with CUDA, DJL would otherwise ask for a CUDA build of the library and download it.
            setDefault("RUST_FLAVOR", "RUST_FLAVOR", "cpu");
            setDefault("DJL_CACHE_DIR", "DJL_CACHE_DIR", cacheDirectory().toString());
            setDefault("OPT_OUT_TRACKING", "OPT_OUT_TRACKING", "true");
        }

        private static void setDefault(String property, String variable, String value) {
            if (System.getProperty(property) == null && System.getenv(variable) == null) {
                System.setProperty(property, value);
            }
        }

        private static Path cacheDirectory() {
            String configured = System.getenv("XDG_CACHE_HOME");
            Path caches = configured == null || configured.isBlank()
                    ? Path.of(System.getProperty("user.home", ""), ".cache")
                    : Path.of(configured);
            Path wanted = caches.resolve("vidda").resolve("native");
            try {
                Files.createDirectories(wanted);
                if (Files.isWritable(wanted)) {
                    return wanted;
                }
            } catch (IOException e) {
                return temporaryDirectory();
            }
            return temporaryDirectory();
        }

        private static Path temporaryDirectory() {
            return Path.of(
                    System.getProperty("java.io.tmpdir"), "vidda-native-" + System.getProperty("user.name", "unknown"));
        }
    }
}
