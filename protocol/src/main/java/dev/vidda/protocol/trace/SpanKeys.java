package dev.vidda.protocol.trace;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

/** The attributes that spans have: OpenTelemetry's for generative AI where it has one, else our own. */
public final class SpanKeys {
    public static final AttributeKey<String> OPERATION = stringKey("gen_ai.operation.name");
    public static final AttributeKey<String> PROVIDER = stringKey("gen_ai.provider.name");
    public static final AttributeKey<String> REQUEST_MODEL = stringKey("gen_ai.request.model");
    public static final AttributeKey<Long> MAX_TOKENS = longKey("gen_ai.request.max_tokens");
    public static final AttributeKey<Long> CHOICES = longKey("gen_ai.request.choice.count");
    public static final AttributeKey<Double> TEMPERATURE = doubleKey("gen_ai.request.temperature");
    public static final AttributeKey<Double> TOP_P = doubleKey("gen_ai.request.top_p");
    public static final AttributeKey<String> RESPONSE_ID = stringKey("gen_ai.response.id");
    public static final AttributeKey<List<String>> FINISH_REASONS = stringArrayKey("gen_ai.response.finish_reasons");
    public static final AttributeKey<Long> INPUT_TOKENS = longKey("gen_ai.usage.input_tokens");
    public static final AttributeKey<Long> OUTPUT_TOKENS = longKey("gen_ai.usage.output_tokens");
    public static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");
    public static final AttributeKey<String> METHOD = stringKey("http.request.method");
    public static final AttributeKey<String> ROUTE = stringKey("http.route");
    /** The id that the response's header {@code X-Request-Id} has. */
    public static final AttributeKey<String> REQUEST_ID = stringKey("vidda.request.id");

    public static final AttributeKey<Long> CACHED_TOKENS = longKey("vidda.cached_tokens");
    public static final AttributeKey<Long> PREEMPTIONS = longKey("vidda.preemptions");
    public static final AttributeKey<String> WORKER = stringKey("vidda.worker.id");
    public static final AttributeKey<Long> BLOCKS = longKey("vidda.kv_blocks");
    public static final AttributeKey<Long> POSITION = longKey("vidda.queue.position");
    /** Whether the client left before the end. */
    public static final AttributeKey<Boolean> ABANDONED = booleanKey("vidda.abandoned");

    private SpanKeys() {}
}
