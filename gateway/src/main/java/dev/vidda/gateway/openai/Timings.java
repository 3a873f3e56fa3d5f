package dev.vidda.gateway.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.function.LongSupplier;

/** When what happened to a request. Marks may come from several threads. */
public final class Timings {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier clock;
    private final long arrived;
    private volatile long admitted;
    private volatile long first;
    private volatile long last;

    /** The request arrives now. */
    public Timings(LongSupplier nanoClock) {
        this.clock = nanoClock;
        arrived = nanoClock.getAsLong();
    }

    /** The scheduler has found room. */
    public void admitted() {
        admitted = clock.getAsLong();
    }

    /** Tokens came. */
    public void tokens() {
        last = clock.getAsLong();
        if (first == 0) {
            first = last;
        }
    }

    /**
     * The field {@code timings}, in milliseconds: {@code queue_time_ms} until it was admitted, {@code
     * time_to_first_token_ms} since it arrived, {@code generation_time_ms} from there to the last token.
     */
    void write(JsonGenerator out, int tokens) throws IOException {
        if (first == 0) {
            return;
        }
        double generation = (last - first) / NANOS_PER_MILLI;
        out.writeObjectFieldStart("timings");
        out.writeNumberField("queue_time_ms", rounded((admitted == 0 ? 0 : admitted - arrived) / NANOS_PER_MILLI));
        out.writeNumberField("time_to_first_token_ms", rounded((first - arrived) / NANOS_PER_MILLI));
        out.writeNumberField("generation_time_ms", rounded(generation));
        if (tokens > 1 && last > first) {
            out.writeNumberField("mean_itl_ms", rounded(generation / (tokens - 1)));
            out.writeNumberField("tokens_per_second", rounded((tokens - 1) * NANOS_PER_SECOND / (last - first)));
        }
        out.writeEndObject();
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
