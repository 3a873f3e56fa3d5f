package dev.vidda.gateway.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The yardstick of {@link StreamBench}: a plain Netty server that does nothing but write events of the same size. */
final class NettyStreams implements AutoCloseable {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String EVENT = "data: {\"id\":\"cmpl-0123456789abcdef0123456789abcdef\",\"object\":"
            + "\"text_completion\",\"created\":1700000000,\"model\":\"tiny\",\"choices\":[{\"index\":0,\"text\":\"%s\","
            + "\"logprobs\":null,\"finish_reason\":null}]}\n\n";

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Map<EventLoop, List<Channel>> channels = new ConcurrentHashMap<>();
    private final Channel server;

    NettyStreams() throws InterruptedException {
        server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 16384)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                            @Override
                            protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
                                context.writeAndFlush(Unpooled.copiedBuffer(HEAD, StandardCharsets.US_ASCII));
                                channels.computeIfAbsent(channel.eventLoop(), loop -> new CopyOnWriteArrayList<>())
                                        .add(channel);
                            }
                        });
                    }
                })
                .bind(0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    void step(int step) {
        String letter = Character.toString('a' + step % 8);
        channels.forEach((loop, mine) -> loop.execute(() -> {
            for (Channel channel : mine) {
                byte[] event = EVENT.replace("%s", letter).getBytes(StandardCharsets.UTF_8);
                String size = Integer.toHexString(event.length) + "\r\n";
                ByteBuf buffer = channel.alloc().directBuffer(event.length + 16);
                buffer.writeCharSequence(size, StandardCharsets.US_ASCII);
                buffer.writeBytes(event).writeByte('\r').writeByte('\n');
                channel.writeAndFlush(buffer, channel.voidPromise());
            }
        }));
    }

    @Override
    public void close() {
        loops.shutdownGracefully();
    }
}
