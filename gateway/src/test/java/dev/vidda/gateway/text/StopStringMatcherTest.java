package dev.vidda.gateway.text;

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
        assertThat(matcher.append("one S")).isEqualTo(new Step("one ", Optional.empty()));
        assertThat(matcher.append("TO")).isEqualTo(new Step("", Optional.empty()));
        assertThat(matcher.append("P two")).isEqualTo(new Step("", Optional.of("STOP")));
        assertThat(matcher.append("three")).isEqualTo(new Step("", Optional.empty()));
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void theStopStringIsKeptWhenAsked() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of("\n\n"), true);
        assertThat(matcher.append("a\n").text()).isEqualTo("a");
        assertThat(matcher.append("\nb")).isEqualTo(new Step("\n\n", Optional.of("\n\n")));
    }

    @Test
    void onlyWhatCouldStillBecomeAStopStringIsHeldBack() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of("abab", "bax"), false);
        assertThat(matcher.append("xaba").text()).isEqualTo("x");
        assertThat(matcher.append("c").text()).isEqualTo("abac");
        assertThat(matcher.append("aab").text()).isEqualTo("a");
        assertThat(matcher.finish()).isEqualTo("ab");
    }

    @Test
    void theStringThatEndsFirstWinsAndOfThoseTheLongest() {
        assertThat(StopStringMatcher.of(List.of("abcd", "bc"), false).append("abcd"))
                .isEqualTo(new Step("a", Optional.of("bc")));
        assertThat(StopStringMatcher.of(List.of("c", "bc", "abc"), false).append("xabc"))
                .isEqualTo(new Step("x", Optional.of("abc")));
    }

    @Test
    void emptyStopStringsAreRefused() {
        assertThatThrownBy(() -> StopStringMatcher.of(List.of("a", ""), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutStopStringsTextPassesThrough() {
        StopStringMatcher matcher = StopStringMatcher.of(List.of(), false);
        assertThat(matcher.append("anything")).isEqualTo(new Step("anything", Optional.empty()));
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
            Optional<String> found = Optional.empty();
            for (int at = 0; at < text.length() && found.isEmpty(); ) {
                int end = Math.min(text.length(), at + random.nextInt(5));
                Step step = matcher.append(text.substring(at, end));
                sent.append(step.text());
                found = step.stopString();
                at = end;
            }
            sent.append(matcher.finish());
            String context = "seed " + SEED + ", round " + round + ": " + text + " by " + stops;
            assertThat(sent.toString()).as(context).isEqualTo(expected(text, stops, include));
            assertThat(found.isPresent()).as(context).isEqualTo(stops.stream().anyMatch(text::contains));
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
