package dev.vidda.gateway.stream;

import java.util.Comparator;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SchedulerChoiceTest {
    private final SchedulerChoice<String> choice = new SchedulerChoice<>(Comparator.naturalOrder(), 4, 10);

    @Test
    void nobodyIsAskedBeforeItWasHeard() {
        choice.known(Set.of("a", "b"));
        assertThat(choice.active(0)).isEmpty();
        choice.heard("b", 3, 0);
        assertThat(choice.active(0)).contains("b");
    }

    @Test
    void theFirstThatLivesIsAskedAndTheNextWhenItFallsSilent() {
        choice.known(Set.of("a", "b"));
        hear(0, "a", "b");
        assertThat(choice.active(0)).contains("a");
        for (long now = 1; now <= 4; now++) {
            hear(now, "b");
            assertThat(choice.active(now)).as("at %d", now).contains("a");
        }
        hear(5, "b");
        assertThat(choice.active(5)).contains("b");
    }

    @Test
    void oneThatIsKnownToBeDeadIsLeftAtOnce() {
        choice.known(Set.of("a", "b"));
        hear(0, "a", "b");
        assertThat(choice.active(0)).contains("a");
        choice.lost("a");
        assertThat(choice.active(0)).contains("b");
        choice.known(Set.of("a"));
        assertThat(choice.active(0)).isEmpty();
    }

    @Test
    void oneThatComesBackTakesOverWhenItHasLivedForAWhile() {
        choice.known(Set.of("b"));
        hear(0, "b");
        assertThat(choice.active(0)).contains("b");
        choice.known(Set.of("a", "b"));
        for (long now = 1; now <= 10; now++) {
            hear(now, "a", "b");
            assertThat(choice.active(now)).as("at %d", now).contains("b");
        }
        hear(11, "a", "b");
        assertThat(choice.active(11)).contains("a");
    }

    @Test
    void oneThatDoesNotKnowTheWorkersYetIsNotAskedWhileAnotherDoes() {
        choice.known(Set.of("b"));
        hear(0, "b");
        assertThat(choice.active(0)).contains("b");
        choice.known(Set.of("a", "b"));
        for (long now = 1; now <= 20; now++) {
            hear(now, "b");
            choice.heard("a", 2, now);
            assertThat(choice.active(now)).as("at %d", now).contains("b");
        }
        choice.heard("a", 3, 20);
        assertThat(choice.active(20)).contains("a");
    }

    @Test
    void whereNoneKnowsTheWorkersTheFirstIsAsked() {
        choice.known(Set.of("a", "b", "c"));
        choice.heard("a", 0, 0);
        choice.heard("b", 0, 0);
        assertThat(choice.active(0)).contains("a");
        choice.lost("a");
        choice.heard("c", 1, 0);
        assertThat(choice.active(0)).contains("c");
    }

    @Test
    void allGatewaysChooseAlike() {
        SchedulerChoice<String> other = new SchedulerChoice<>(Comparator.naturalOrder(), 4, 10);
        choice.known(Set.of("c", "b"));
        hear(0, "c", "b");
        other.known(Set.of("b", "c"));
        other.heard("c", 3, 0);
        assertThat(other.active(0)).contains("c");
        for (long now = 1; now <= 20; now++) {
            other.heard("c", 3, now);
            other.heard("b", 3, now);
            other.active(now);
        }
        assertThat(other.active(20)).isEqualTo(choice.active(0));
    }

    private void hear(long now, String... schedulers) {
        for (String scheduler : schedulers) {
            choice.heard(scheduler, 3, now);
        }
    }
}
