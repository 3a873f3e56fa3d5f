package dev.vidda.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code decoder} of a {@code tokenizer.json} into a {@link PieceDecoder}. A decoder, or an order of decoders,
 * that cannot be followed token by token is refused: text would come out wrong.
 */
final class DecoderSection {

    private final Path file;
    private final List<PieceDecoder.Substitution> replacements = new ArrayList<>();
    private boolean byteFallback;
    private boolean fused;
    private int strip;
    private char stripped = ' ';
    private String markerDroppedFirst = "";

    DecoderSection(Path file) {
        this.file = file;
    }

    PieceDecoder parse(@Nullable JsonNode decoder) {
        if (decoder == null || decoder.isNull()) {
            throw new ModelFileException(file, "has no decoder; only byte-level and SentencePiece decoders are known");
        }
        List<JsonNode> steps = new ArrayList<>();
        if (type(decoder).equals("Sequence")) {
            decoder.path("decoders").forEach(steps::add);
        } else {
            steps.add(decoder);
        }
        if (steps.size() == 1 && type(steps.getFirst()).equals("ByteLevel")) {
            return new PieceDecoder.ByteLevel();
        }
        steps.forEach(this::read);
        return new PieceDecoder.SentencePiece(replacements, byteFallback, strip, stripped, markerDroppedFirst);
    }

    private void read(JsonNode step) {
        switch (type(step)) {
            case "Replace" -> readReplace(step);
            case "Metaspace" -> readMetaspace(step);
            case "ByteFallback" -> {
                require(!fused, step);
                byteFallback = true;
            }
            case "Fuse" -> fused = true;
            case "Strip" -> readStrip(step);
            default -> require(false, step);
        }
    }

    private void readReplace(JsonNode step) {
        JsonNode pattern = step.path("pattern").path("String");
        require(
                !fused
                        && !byteFallback
                        && pattern.isTextual()
                        && step.path("content").isTextual(),
                step);
        replacements.add(new PieceDecoder.Substitution(
                pattern.asText(), step.path("content").asText()));
    }

    private void readMetaspace(JsonNode step) {
        String marker = step.path("replacement").asText("");
        require(!fused && !byteFallback && replacements.isEmpty() && marker.length() == 1, step);
        boolean prepends = step.has("prepend_scheme")
                ? !step.path("prepend_scheme").asText().equals("never")
                : step.path("add_prefix_space").asBoolean(true);
        replacements.add(new PieceDecoder.Substitution(marker, " "));
        markerDroppedFirst = prepends ? marker : "";
    }

    private void readStrip(JsonNode step) {
        String content = step.path("content").asText("");
        require(fused && content.length() == 1 && step.path("stop").asInt() == 0, step);
        strip = step.path("start").asInt();
        stripped = content.charAt(0);
    }

    private void require(boolean understood, JsonNode step) {
        if (!understood) {
            throw new ModelFileException(
                    file,
                    "its decoder has a step that cannot be followed: " + step
                            + "; known are ByteLevel alone, and Replace or Metaspace, ByteFallback, Fuse, Strip in this order");
        }
    }

    private static String type(JsonNode decoder) {
        return decoder.path("type").asText("");
    }
}
