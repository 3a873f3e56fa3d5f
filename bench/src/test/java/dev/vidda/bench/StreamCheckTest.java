package dev.vidda.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

import static dev.vidda.bench.FakeServer.chat;
import static dev.vidda.bench.FakeServer.chunk;
import static dev.vidda.bench.FakeServer.usage;
import static org.assertj.core.api.Assertions.assertThat;

final class StreamCheckTest {
    private static final Prompt CHAT =
            new Prompt(Endpoint.CHAT, JsonNodeFactory.instance.arrayNode(), OptionalInt.empty(), Optional.empty());
    private static final Prompt THREE_IDS =
            new Prompt(Endpoint.COMPLETIONS, JsonNodeFactory.instance.arrayNode(), OptionalInt.of(3), Optional.empty());

    @Test
    void aWholeChatHasNoFlaw() {
        StreamCheck check = new StreamCheck(CHAT);
        long now = 0;
        for (String event : chat("x", " = ", "3")) {
            check.event(event, now += 10);
        }
        assertThat(check.flawAtEnd()).isEmpty();
        assertThat(check.text()).isEqualTo("x = 3");
        assertThat(check.outputTokens()).isEqualTo(3);
        assertThat(check.promptTokens()).isEqualTo(5);
        assertThat(check.chunks()).extracting(Outcome.Chunk::nanos).containsExactly(20L, 30L, 40L);
        assertThat(check.lastNanos()).as("of the finish reason").isEqualTo(50);
    }

    @Test
    void anythingMissingIsAFlaw() {
        assertThat(flaw(CHAT, without(0))).contains("the first chunk has no role");
        assertThat(flaw(CHAT, without(3))).contains("no finish reason");
        assertThat(flaw(CHAT, without(4))).contains("no usage");
        assertThat(flaw(CHAT, without(5))).contains("ended without [DONE]");
        assertThat(flaw(CHAT, List.of())).contains("ended before any token");
    }

    @Test
    void aLostTokenIsAFlaw() {
        assertThat(flaw(CHAT, without(1))).contains("usage says 2 completion tokens, 1 came");
    }

    @Test
    void anythingTwiceOrTooLateIsAFlaw() {
        assertThat(flaw(CHAT, twice(0))).contains("a role after the first chunk");
        assertThat(flaw(CHAT, twice(3))).contains("two finish reasons");
        assertThat(flaw(CHAT, twice(5))).contains("an event after [DONE]");
        List<String> late = new ArrayList<>(chat("a", "b"));
        late.add(4, late.get(1));
        assertThat(flaw(CHAT, late)).contains("tokens after the finish reason");
    }

    @Test
    void anErrorEventIsAFlawThatSaysWhy() {
        List<String> events = new ArrayList<>(chat("a", "b").subList(0, 2));
        events.add("{\"error\":{\"message\":\"device lost\"}}");
        events.add("[DONE]");
        assertThat(flaw(CHAT, events)).contains("error event");
        StreamCheck check = new StreamCheck(CHAT);
        events.forEach(event -> check.event(event, 0));
        assertThat(check.errorMessage()).isEqualTo("device lost");
    }

    @Test
    void oneStreamHasOneIdAndIsJson() {
        List<String> events = new ArrayList<>(chat("a", "b"));
        events.set(2, events.get(2).replace("c-1", "c-2"));
        assertThat(flaw(CHAT, events)).contains("id or created changed within the stream");
        events.set(2, "{\"id\":");
        assertThat(flaw(CHAT, events)).contains("an event that is not JSON");
    }

    @Test
    void aCompletionHasNoRoleAndCountsItsPrompt() {
        List<String> events = List.of(
                chunk("{\"index\":0,\"text\":\"a\",\"token_ids\":[1,2],\"finish_reason\":null}"),
                chunk("{\"index\":0,\"text\":\"\",\"token_ids\":[3],\"finish_reason\":\"length\"}"),
                usage(3, 3),
                "[DONE]");
        assertThat(flaw(THREE_IDS, events)).isEmpty();
        List<String> wrong = new ArrayList<>(events);
        wrong.set(2, usage(4, 3));
        assertThat(flaw(THREE_IDS, wrong)).contains("usage says 4 prompt tokens, 3 were sent");
        wrong.set(2, usage(3, 3).replace("\"total_tokens\":6", "\"total_tokens\":7"));
        assertThat(flaw(THREE_IDS, wrong)).contains("usage says 7 total tokens for 3 + 3");
    }

    @Test
    void withoutTokenIdsTheUsageIsBelieved() {
        StreamCheck check = new StreamCheck(CHAT);
        for (String event : chat("a", "b")) {
            check.event(
                    event.replace("\"token_ids\":[7],", "")
                            .replace("completion_tokens\":2", "completion_tokens\":9")
                            .replace("total_tokens\":7", "total_tokens\":14"),
                    0);
        }
        assertThat(check.flawAtEnd()).isEmpty();
        assertThat(check.outputTokens()).isEqualTo(9);
    }

    private static Optional<String> flaw(Prompt prompt, List<String> events) {
        StreamCheck check = new StreamCheck(prompt);
        events.forEach(event -> check.event(event, 0));
        return check.flawAtEnd();
    }

    /** Role, two tokens, finish reason, usage and [DONE], less one of them. */
    private static List<String> without(int index) {
        List<String> events = new ArrayList<>(chat("a", "b"));
        events.remove(index);
        return events;
    }

    private static List<String> twice(int index) {
        List<String> events = new ArrayList<>(chat("a", "b"));
        events.add(index + 1, events.get(index));
        return events;
    }
}
