package dev.vidda.gateway.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.scaladsl.model.HttpEntity;
import akka.http.scaladsl.model.HttpHeader;
import akka.http.scaladsl.model.headers.RawHeader;
import akka.stream.FlowShape;
import akka.stream.Graph;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import scala.jdk.javaapi.CollectionConverters;

/** Chunked bodies with headers at their end, which Akka's Java API does not make. */
final class TrailedEntity {
    private TrailedEntity() {}

    /** @param trailer asked for when all bytes are sent */
    static ResponseEntity of(
            ContentType type, Source<ByteString, ?> bytes, Supplier<List<Map.Entry<String, String>>> trailer) {
        Source<HttpEntity.ChunkStreamPart, ?> chunks =
                bytes.map(part -> (HttpEntity.ChunkStreamPart) new HttpEntity.Chunk(part, ""));
        Source<HttpEntity.ChunkStreamPart, ?> last = Source.lazySource(() -> Source.single(last(trailer.get())));
        return new HttpEntity.Chunked(
                (akka.http.scaladsl.model.ContentType) type,
                untyped(chunks.concatLazy(last)).asScala());
    }

    private static HttpEntity.ChunkStreamPart last(List<Map.Entry<String, String>> trailer) {
        List<HttpHeader> headers = trailer.stream()
                .map(entry -> (HttpHeader) new RawHeader(entry.getKey(), entry.getValue()))
                .toList();
        return new HttpEntity.LastChunk(
                "", CollectionConverters.asScala(headers).toList());
    }

    /** The same entity with {@code flow} in the way of its parts. */
    static ResponseEntity via(
            HttpEntity.Chunked entity,
            Graph<FlowShape<HttpEntity.ChunkStreamPart, HttpEntity.ChunkStreamPart>, ?> flow) {
        return new HttpEntity.Chunked(
                entity.contentType(),
                untyped(entity.chunks().asJava().via(flow)).asScala());
    }

    @SuppressWarnings("unchecked") // what a source materializes does not matter
    private static Source<HttpEntity.ChunkStreamPart, Object> untyped(Source<HttpEntity.ChunkStreamPart, ?> source) {
        return (Source<HttpEntity.ChunkStreamPart, Object>) source;
    }
}
