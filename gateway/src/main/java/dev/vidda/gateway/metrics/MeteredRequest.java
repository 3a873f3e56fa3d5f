package dev.vidda.gateway.metrics;

import dev.vidda.gateway.openai.ApiError;
import dev.vidda.gateway.security.Permit;
import dev.vidda.gateway.stream.Generation;
import dev.vidda.gateway.stream.RequestObserver;
import dev.vidda.protocol.Finish;
import dev.vidda.protocol.TokenDelta;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** The times of one request, as the hub sees its tokens; also charges them to the tenant. */
final class MeteredRequest implements RequestObserver {
    private static final double NANOS_PER_SECOND = 1e9;

    private final RequestMetrics.Series series;
    private final Permit permit;
    private final LongSupplier nanoClock;
    private final long arrived;
    /** For each part: when it was admitted. */
    private final long[] admitted;
    /** For each sequence, part by part. */
    private final Track[][] tracks;

    private final AtomicBoolean over = new AtomicBoolean();
    private int open;

    private static final class Track {
        private long first;
        private long last;
        private int tokens;
    }

    MeteredRequest(RequestMetrics.Series series, Permit permit, List<Generation.Part> parts, LongSupplier nanoClock) {
        this.series = series;
        this.permit = permit;
        this.nanoClock = nanoClock;
        this.arrived = nanoClock.getAsLong();
        this.admitted = new long[parts.size()];
        this.tracks = new Track[parts.size()][];
        for (int i = 0; i < tracks.length; i++) {
            tracks[i] = new Track[parts.get(i).admission().samples()];
            for (int sample = 0; sample < tracks[i].length; sample++) {
                tracks[i][sample] = new Track();
                open++;
            }
        }
    }

    @Override
    public void queued(int part) {}

    @Override
    public void admitted(int part) {
        if (admitted[part] == 0) {
            admitted[part] = nanoClock.getAsLong();
            series.queue.observe(seconds(arrived, admitted[part]));
        }
    }

    @Override
    public void tokens(int part, TokenDelta delta) {
        int count = delta.tokens().size();
        if (delta.choice() >= tracks[part].length) {
            return;
        }
        Track track = tracks[part][delta.choice()];
        long now = nanoClock.getAsLong();
        if (count > 0) {
            permit.generated(count);
            series.generationTokens.inc(count);
            if (track.tokens == 0) {
                track.first = now;
                series.ttft.observe(seconds(arrived, now));
                series.prefill.observe(seconds(admitted[part], now));
            } else {
                series.interToken.observe(seconds(track.last, now) / count);
            }
            track.tokens += count;
            track.last = now;
        }
        if (delta.finish().isPresent()) {
            finished(part, track, delta.finish().get(), now);
        }
    }

    private void finished(int part, Track track, Finish finish, long now) {
        switch (finish.reason()) {
            case HANDED_OVER -> {
                return;
            }
            case STOP, LENGTH -> series.succeeded(finish.reason().name().toLowerCase(Locale.ROOT));
            case CANCELLED -> series.succeeded("abort");
            case FAILED -> series.succeeded("error");
        }
        series.cachedTokens.inc(finish.cachedTokens());
        series.generation.observe(track.tokens);
        series.endToEnd.observe(seconds(arrived, now));
        series.inference.observe(seconds(admitted[part], now));
        if (track.tokens > 0) {
            series.decode.observe(seconds(track.first, track.last));
        }
        if (track.tokens > 1) {
            series.perOutputToken.observe(seconds(track.first, track.last) / (track.tokens - 1));
        }
        if (--open == 0) {
            over.set(true);
        }
    }

    @Override
    public void failed(ApiError error) {
        if (over.compareAndSet(false, true)) {
            series.failed(error);
        }
    }

    @Override
    public void abandoned() {
        if (over.compareAndSet(false, true)) {
            series.abandoned.inc();
        }
    }

    private static double seconds(long from, long to) {
        return (to - from) / NANOS_PER_SECOND;
    }
}
