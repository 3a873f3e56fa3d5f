package dev.vidda.node.trace;

import java.util.Map;

/** A span as a collector got it; ids in hexadecimal, values of attributes as text. */
public record CollectedSpan(
        String traceId, String spanId, String parentId, String name, Map<String, String> attributes) {}
