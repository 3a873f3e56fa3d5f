package dev.vidda.node.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Reads as much of OTLP's protocol buffers as tests look at: {@code ExportTraceServiceRequest}. */
final class OtlpReader {
    /** A message within another, its fields and elements of lists. */
    private record Field(int number, long value, ByteBuffer bytes) {
        String text() {
            return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        }

        String hex() {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return HexFormat.of().formatHex(copy);
        }
    }

    private OtlpReader() {}

    static List<CollectedSpan> spans(byte[] request) {
        List<CollectedSpan> spans = new ArrayList<>();
        each(
                ByteBuffer.wrap(request),
                1,
                resourceSpans ->
                        each(resourceSpans, 2, scopeSpans -> each(scopeSpans, 2, span -> spans.add(span(span)))));
        return spans;
    }

    private interface Visitor {
        void accept(ByteBuffer message);
    }

    private static void each(ByteBuffer message, int number, Visitor visitor) {
        for (Field field : fields(message)) {
            if (field.number() == number) {
                visitor.accept(field.bytes());
            }
        }
    }

    private static CollectedSpan span(ByteBuffer message) {
        String[] texts = {"", "", "", ""};
        Map<String, String> attributes = new TreeMap<>();
        BiConsumer<Integer, String> put = (at, text) -> texts[at] = text;
        for (Field field : fields(message)) {
            switch (field.number()) {
                case 1 -> put.accept(0, field.hex());
                case 2 -> put.accept(1, field.hex());
                case 4 -> put.accept(2, field.hex());
                case 5 -> put.accept(3, field.text());
                case 9 -> attribute(field.bytes(), attributes);
                default -> {}
            }
        }
        return new CollectedSpan(texts[0], texts[1], texts[2], texts[3], attributes);
    }

    private static void attribute(ByteBuffer message, Map<String, String> attributes) {
        String key = "";
        String value = "";
        for (Field field : fields(message)) {
            if (field.number() == 1) {
                key = field.text();
            } else {
                value = value(field.bytes());
            }
        }
        attributes.put(key, value);
    }

    private static String value(ByteBuffer message) {
        Field field = fields(message).getFirst();
        return switch (field.number()) {
            case 1 -> field.text();
            case 2 -> Boolean.toString(field.value() != 0);
            case 3 -> Long.toString(field.value());
            case 4 -> Double.toString(Double.longBitsToDouble(field.value()));
            case 5 ->
                fields(field.bytes()).stream()
                        .map(element -> value(element.bytes()))
                        .toList()
                        .toString();
            default -> "?";
        };
    }

    private static List<Field> fields(ByteBuffer message) {
        ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            switch ((int) tag & 7) {
                case 0 -> fields.add(new Field(number, varint(in), ByteBuffer.allocate(0)));
                case 1 -> fields.add(new Field(number, in.getLong(), ByteBuffer.allocate(0)));
                case 2 -> {
                    int length = (int) varint(in);
                    fields.add(new Field(number, 0, in.slice(in.position(), length)));
                    in.position(in.position() + length);
                }
                case 5 -> fields.add(new Field(number, in.getInt(), ByteBuffer.allocate(0)));
                default -> throw new IllegalArgumentException("no such wire type: " + (tag & 7));
            }
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
