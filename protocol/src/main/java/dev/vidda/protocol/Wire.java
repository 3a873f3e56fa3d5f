package dev.vidda.protocol;

/** Marks a message that may cross nodes; bound to the {@code jackson-cbor} serializer, never to Java serialization. */
public interface Wire {}
