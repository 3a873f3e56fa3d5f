package dev.vidda.gateway.http;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.ProductVersion;
import akka.http.javadsl.model.headers.Server;
import akka.http.javadsl.settings.ServerSettings;
import akka.stream.Materializer;
import akka.stream.TLSClosing;
import akka.stream.TLSProtocol;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.TLS;
import akka.util.ByteString;
import dev.vidda.gateway.GatewaySettings;
import dev.vidda.gateway.security.Tls;
import dev.vidda.gateway.socket.BodyWriter;
import dev.vidda.gateway.socket.SocketListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/** Akka HTTP's server, over sockets of ours: connection, HTTP, TLS and socket are one stream and so one actor. */
final class HttpConnections {
    private HttpConnections() {}

    /**
     * Binds the gateway's port.
     *
     * @throws IOException if it cannot be bound
     */
    static SocketListener bind(
            ActorSystem<?> system,
            GatewaySettings settings,
            Connections connections,
            Optional<Tls> tls,
            RequestHandler handler)
            throws IOException {
        BidiFlow<HttpResponse, ByteString, ByteString, HttpRequest, NotUsed> http = Http.get(system)
                .serverLayer(serverSettings(system))
                .atop(tls.map(HttpConnections::encrypted).orElseGet(HttpConnections::plain));
        Materializer materializer = Materializer.createMaterializer(system);
        SocketListener listener = SocketListener.bind(
                new InetSocketAddress(settings.host(), settings.port()),
                new SocketListener.Limits(settings.maxConnections(), settings.backlog(), settings.writeTimeout()),
                system.executionContext(),
                socket -> {
                    Supplier<Optional<BodyWriter>> bodies =
                            () -> tls.isPresent() ? Optional.empty() : Optional.of(socket.nextBody());
                    Flow.fromGraph(new ConnectionStage(
                                    handler, connections, settings.keepAlive(), bodies, socket::expire))
                            .join(http)
                            .join(socket.flow())
                            .run(materializer);
                });
        system.getWhenTerminated().thenRun(listener::close);
        return listener;
    }

    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> encrypted(Tls tls) {
        return TLS.create(tls::engine, TLSClosing.eagerClose());
    }

    /**
     * Akka's {@code TLSPlacebo} asks the JDK for a session of nothing, and so makes it read all certificates that it trusts.
     * HTTP looks at the session only where a setting, which is off, asks for it.
     */
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        return BidiFlow.fromFlows(
                Flow.of(SslTlsOutbound.class)
                        .collectType(TLSProtocol.SendBytes.class)
                        .map(TLSProtocol.SendBytes::bytes),
                Flow.of(ByteString.class).map(bytes -> new TLSProtocol.SessionBytes(null, bytes)));
    }

    /** Akka's own timeouts would end requests that wait in line; {@link ConnectionStage} has a better one. */
    private static ServerSettings serverSettings(ActorSystem<?> system) {
        ServerSettings defaults = ServerSettings.create(system.settings().config());
        scala.concurrent.duration.Duration never = scala.concurrent.duration.Duration.Inf();
        return defaults.withParsingErrorHandler(MalformedRequest.class.getName())
                .withServerHeader(Optional.of(Server.create(ProductVersion.create("vidda", ""))))
                .withTimeouts(defaults.getTimeouts().withIdleTimeout(never).withRequestTimeout(never));
    }
}
