package dev.vidda.simulator;

import dev.vidda.protocol.ServiceClass;
import dev.vidda.protocol.Tenant;
import dev.vidda.protocol.kv.BlockHash;
import java.util.AbstractList;
import java.util.List;

/** A request of a trace and what became of it. */
public final class SimRequest {
    final int number;
    final String id;
    final long arrivalNanos;
    final int promptTokens;
    final int outputTokens;
    final int maxTokens;
    final Tenant tenant;
    final ServiceClass serviceClass;
    final Text text;

    int worker = -1;
    int generated;
    long firstTokenNanos = -1;
    long lastTokenNanos = -1;
    long endNanos = -1;
    int preemptions;
    int cachedTokens;
    boolean refused;
    int migrations;

    /** What a trace says of one request. */
    record Shape(
            int promptTokens, int outputTokens, int maxTokens, Tenant tenant, ServiceClass serviceClass, Text text) {}

    SimRequest(int number, long arrivalNanos, Shape shape) {
        this.number = number;
        this.id = Integer.toString(number);
        this.arrivalNanos = arrivalNanos;
        this.promptTokens = shape.promptTokens();
        this.outputTokens = shape.outputTokens();
        this.maxTokens = Math.max(shape.maxTokens(), shape.outputTokens());
        this.tenant = shape.tenant();
        this.serviceClass = shape.serviceClass();
        this.text = shape.text();
    }

    /** Tokens known so far. */
    int length() {
        return promptTokens + generated;
    }

    boolean isDone() {
        return endNanos >= 0;
    }

    /** The token at a position of its text. */
    int token(int position, int vocabulary) {
        return (int) Math.floorMod(text.at(position), (long) vocabulary);
    }

    /** The name of a block: that of its last token's text and place, since texts that agree there agree before. */
    long blockName(int block, int blockTokens) {
        return text.at((block + 1) * blockTokens - 1);
    }

    /** The names of the full blocks of its first tokens, made when asked for. */
    List<BlockHash> hashes(int tokens, int blockTokens) {
        return new AbstractList<>() {
            @Override
            public BlockHash get(int index) {
                return new BlockHash(0, blockName(index, blockTokens));
            }

            @Override
            public int size() {
                return tokens / blockTokens;
            }
        };
    }

    /** Time to first token, in milliseconds; infinite if none came. */
    double ttftMillis() {
        return firstTokenNanos < 0 ? Double.POSITIVE_INFINITY : (firstTokenNanos - arrivalNanos) / 1e6;
    }

    /** Mean time between two tokens, in milliseconds; 0 for a single token. */
    double itlMillis() {
        return outputTokens < 2 || !isDone() ? 0 : (endNanos - firstTokenNanos) / 1e6 / (outputTokens - 1);
    }
}
