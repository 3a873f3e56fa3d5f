package dev.vidda.gateway.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.scaladsl.model.HttpEntity;
import akka.http.scaladsl.model.HttpHeader;
import akka.http.scaladsl.model.headers.RawHeader;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Graph;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.javadsl.Source;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
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
        return new HttpEntity.Chunked(
                (akka.http.scaladsl.model.ContentType) type,
                untyped(bytes.via(new Trailed(() -> last(trailer.get())))).asScala());
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

    /** One stage, because each one costs every request. */
    private static final class Trailed extends GraphStage<FlowShape<ByteString, HttpEntity.ChunkStreamPart>> {
        private final Inlet<ByteString> in = Inlet.create("Trailed.in");
        private final Outlet<HttpEntity.ChunkStreamPart> out = Outlet.create("Trailed.out");
        private final FlowShape<ByteString, HttpEntity.ChunkStreamPart> shape = FlowShape.of(in, out);
        private final Supplier<HttpEntity.ChunkStreamPart> last;

        private Trailed(Supplier<HttpEntity.ChunkStreamPart> last) {
            this.last = last;
        }

        @Override
        public FlowShape<ByteString, HttpEntity.ChunkStreamPart> shape() {
            return shape;
        }

        @Override
        public GraphStageLogic createLogic(Attributes inheritedAttributes) {
            return new GraphStageLogic(shape) {
                {
                    setHandler(in, new AbstractInHandler() {
                        @Override
                        public void onPush() {
                            push(out, new HttpEntity.Chunk(grab(in), ""));
                        }

                        @Override
                        public void onUpstreamFinish() {
                            emit(out, last.get());
                            completeStage();
                        }
                    });
                    setHandler(out, new AbstractOutHandler() {
                        @Override
                        public void onPull() {
                            pull(in);
                        }
                    });
                }
            };
        }
    }
}
