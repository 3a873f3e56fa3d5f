package dev.vidda.protocol;

import java.util.Optional;

/**
 * What admission would do with the requests of a {@link FitQuestion}, if they came now and one after the other.
 *
 * @param fitNow how many would be admitted at once, at most as many as were asked about
 * @param fitEmpty how many would fit if nothing else ran or waited, without a limit
 * @param blocksEach KV blocks that one commits; 0 if none can ever run
 * @param waitMillis time until one more would be admitted; 0 for at once, -1 when unknown or never
 * @param waitAllMillis time until the last of them would be admitted; 0 for at once, -1 when unknown or never
 * @param ttftMillis time until the first token of one more, its wait among it; -1 when unknown or never
 * @param tokensPerSecond of one stream, once it runs among those that fit; 0 when unknown or never
 * @param whyNot why not all of them are admitted at once; empty when they are
 */
public record FitAnswer(
        int fitNow,
        long fitEmpty,
        int blocksEach,
        long waitMillis,
        long waitAllMillis,
        long ttftMillis,
        double tokensPerSecond,
        Optional<Refusal> whyNot)
        implements Wire {}
