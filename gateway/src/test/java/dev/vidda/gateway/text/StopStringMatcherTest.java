package dev.vidda.gateway.text;

import dev.vidda.gateway.text.StopStringMatcher.Match;
import dev.vidda.gateway.text.StopStringMatcher.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StopStringMatcherTest {

    private static final long SEED = Long.getLong("seed", 42L);

    @Test
    void aStopStringAcrossPiecesIsFoundAndCutOff() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of("STOP"), false);
        assertThat(matcher.append("one S", 0)).isEqualTo(new Step("one ", Optional.empty()));
        assertThat(matcher.append("TO", 1)).isEqualTo(new Step("", Optional.empty()));
        assertThat(matcher.append("P two", 2)).isEqualTo(new Step("", Optional.of(new Match("STOP", 2))));
        assertThat(matcher.append("three", 3)).isEqualTo(new Step("", Optional.empty()));
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void theStopStringIsKeptWhenAsked() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of("\n\n"), true);
        assertThat(matcher.append("a\n", 0).text()).isEqualTo("a");
        assertThat(matcher.append("\nb", 1)).isEqualTo(new Step("\n\n", Optional.of(new Match("\n\n", 1))));
    }

    @Test
    void onlyWhatCouldStillBecomeAStopStringIsHeldBack() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of("abab", "bax"), false);
        assertThat(matcher.append("xaba", 0).text()).isEqualTo("x");
        assertThat(matcher.heldCharacters()).isEqualTo(3);
        assertThat(matcher.append("c", 1).text()).isEqualTo("abac");
        assertThat(matcher.heldCharacters()).isZero();
        assertThat(matcher.append("aab", 2).text()).isEqualTo("a");
        assertThat(matcher.finish()).isEqualTo("ab");
    }

    @Test
    void theStringThatEndsFirstWinsAndOfThoseTheLongest() {
        assertThat(StopStringMatcher.of(List.of("abcd", "bc"), false).append("abcd", 0))
                .isEqualTo(new Step("a", Optional.of(new Match("bc", 0))));
        assertThat(StopStringMatcher.of(List.of("c", "bc", "abc"), false).append("xabc", 0))
                .isEqualTo(new Step("x", Optional.of(new Match("abc", 0))));
    }

    @Test
    void emptyStopStringsAreRefused() {
        assertThatThrownBy(() -> StopStringMatcher.of(List.of("a", ""), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutStopStringsTextPassesThrough() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of(), false);
        assertThat(matcher.append("anything", 0)).isEqualTo(new Step("anything", Optional.empty()));
    }

    @Test
    void theResultIsThatOfASearchInTheWholeTextHoweverItIsCut() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 20_000; round++) {
            String text = randomText(random, 1 + random.nextInt(25));
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                stops.add(randomText(random, 1 + random.nextInt(4)));
            }
            boolean include = random.nextBoolean();
            StopStringMatcher matcher = StopStringMatcher.of(stops, include);
            StringBuilder sent = new StringBuilder();
            Optional<Match> match = Optional.empty();
            int token = 0;
            for (int at = 0; at < text.length() && match.isEmpty(); token++) {
                int end = Math.min(text.length(), at + random.nextInt(5));
                Step step = matcher.append(text.substring(at, end), token);
                sent.append(step.text());
                match = step.match();
                at = end;
            }
            sent.append(matcher.finish());
            String context = "seed " + SEED + ", round " + round + ": " + text + " by " + stops;
            assertThat(sent.toString()).as(context).isEqualTo(expected(text, stops, include));
            assertThat(match.isPresent()).as(context).isEqualTo(stops.stream().anyMatch(text::contains));
        }
    }

    private static String randomText(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }

    private static String expected(String text, List<String> stops, boolean include) {
        for (int end = 1; end <= text.length(); end++) {
            String sofar = text.substring(0, end);
            Optional<String> longest =
                    stops.stream().filter(sofar::endsWith).max(java.util.Comparator.comparing(String::length));
            if (longest.isPresent()) {
                return include ? sofar : sofar.substring(0, end - longest.get().length());
            }
        }
        return text;
    }
}
