package dev.vidda.gateway.openai;

import dev.vidda.gateway.message.Reasoning;
import dev.vidda.gateway.message.ToolFormat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The grammars of output formats and tools that were asked for lately, so that a schema is compiled once. Thread-safe.
 *
 * <p>They are told by a hash of all that the grammar depends on, with properties in their order, because answers keep that
 * order. Nothing of a prompt is held. They serve all tenants: by the time that the first token takes, one could tell that a
 * schema which it knows to the letter was used lately, by itself or by another.
 */
public final class Grammars {
    private static final int MOST_GRAMMARS = 256;
    private static final long MOST_CHARS = 16L << 20;

    private final int mostGrammars;
    private final long mostChars;
    /** The one that was used last is the last. */
    private final Map<String, String> known = new LinkedHashMap<>(16, 0.75f, true);

    private long chars;
    private long hits;

    /** Holds 256 grammars, and 16 million characters of their texts. */
    public Grammars() {
        this(MOST_GRAMMARS, MOST_CHARS);
    }

    Grammars(int mostGrammars, long mostChars) {
        this.mostGrammars = mostGrammars;
        this.mostChars = mostChars;
    }

    /**
     * The grammar as text; empty where any text will do.
     *
     * @throws ApiException with status 400 if there is none
     */
    Optional<String> of(OutputFormat output, Tools tools, Optional<ToolFormat> format, Reasoning reasoning) {
        if (output instanceof OutputFormat.Free && tools.offered().isEmpty()) {
            return Optional.empty();
        }
        String key = key(output, tools, format, reasoning);
        Optional<String> before = find(key);
        if (before.isPresent()) {
            return before;
        }
        Optional<String> made = OutputGrammar.of(output, tools, format, reasoning);
        made.ifPresent(grammar -> keep(key, grammar));
        return made;
    }

    private synchronized Optional<String> find(String key) {
        Optional<String> found = Optional.ofNullable(known.get(key));
        if (found.isPresent()) {
            hits++;
        }
        return found;
    }

    private synchronized void keep(String key, String grammar) {
        if (grammar.length() > mostChars || known.putIfAbsent(key, grammar) != null) {
            return;
        }
        chars += grammar.length();
        Iterator<String> eldest = known.values().iterator();
        while (known.size() > mostGrammars || chars > mostChars) {
            chars -= eldest.next().length();
            eldest.remove();
        }
    }

    /** How often one was found. */
    synchronized long hits() {
        return hits;
    }

    synchronized int size() {
        return known.size();
    }

    private static String key(OutputFormat output, Tools tools, Optional<ToolFormat> format, Reasoning reasoning) {
        MessageDigest digest = sha256();
        add(digest, reasoning.name());
        add(digest, format.map(Enum::name).orElse(""));
        switch (output) {
            case OutputFormat.Free _ -> add(digest, "free");
            case OutputFormat.JsonObject _ -> add(digest, "json");
            case OutputFormat.Schema schema -> {
                add(digest, "schema");
                add(digest, schema.schema().toString());
            }
            case OutputFormat.Regex regex -> {
                add(digest, "regex");
                add(digest, regex.pattern());
            }
            case OutputFormat.Choice choice -> {
                add(digest, "choice" + choice.texts().size());
                choice.texts().forEach(text -> add(digest, text));
            }
        }
        add(
                digest,
                switch (tools.choice()) {
                    case Tools.Choice.None _ -> "none";
                    case Tools.Choice.Auto _ -> "auto";
                    case Tools.Choice.Required _ -> "required";
                    case Tools.Choice.Named named -> "named " + named.name();
                });
        add(digest, tools.parallel() ? "several" : "one");
        for (Tools.Tool tool : tools.offered()) {
            add(digest, tool.name());
            add(digest, tool.strict() ? "strict" : "loose");
            add(digest, OutputGrammar.parameters(tool).toString());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length before it, and half surrogate pairs as they are, so that no two lists of texts look alike. */
    private static void add(MessageDigest digest, String text) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + text.length() * Character.BYTES);
        bytes.putInt(text.length());
        bytes.asCharBuffer().put(text);
        digest.update(bytes.array());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
