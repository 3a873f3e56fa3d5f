package dev.vidda.gateway.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MessageParserTest {
    private static final String WEATHER =
            "{\"name\": \"weather\", \"arguments\": {\"city\": \"Os\\\"lo}\", \"days\": [1, {\"a\": 2}]}}";
    private static final String WEATHER_ARGUMENTS = "{\"city\": \"Os\\\"lo}\", \"days\": [1, {\"a\": 2}]}";

    @Test
    void plainTextIsContentAtOnce() {
        MessageParser parser = MessageStyle.PLAIN.parser();
        parser.accept("<think>a</think> <tool_call>");
        assertThat(parser.take().content()).isEqualTo("<think>a</think> <tool_call>");
    }

    @Test
    void hermesCallsStandBetweenMarkers() {
        String text = "Let me see.\n<tool_call>\n" + WEATHER + "\n</tool_call>\n<tool_call>\n"
                + "{\"arguments\": {}, \"name\": \"time\"}\n</tool_call>";
        Read read = everyCut(style(ToolFormat.HERMES), text);
        assertThat(read.content).isEqualTo("Let me see.");
        assertThat(read.calls)
                .containsExactly(new CallDelta(0, "weather", WEATHER_ARGUMENTS), new CallDelta(1, "time", "{}"));
    }

    @Test
    void argumentsGoOnAsTheyCome() {
        MessageParser parser = style(ToolFormat.HERMES).parser();
        parser.accept("<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"ci");
        assertThat(parser.take().calls())
                .containsExactly(new CallDelta(0, "weather", ""), new CallDelta(0, "", "{\"ci"));
        parser.accept("ty\": 1");
        assertThat(parser.take().calls()).containsExactly(new CallDelta(0, "", "ty\": 1"));
        parser.accept("}}\n</tool_call>");
        assertThat(parser.take().calls()).containsExactly(new CallDelta(0, "", "}"));
    }

    @Test
    void argumentsMayBeJsonInAString() {
        Read read = everyCut(
                style(ToolFormat.HERMES),
                "<tool_call>{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}</tool_call>");
        assertThat(read.calls).containsExactly(new CallDelta(0, "weather", "{\"city\":\"Oslo\"}"));
    }

    @Test
    void whatIsNoCallIsShownAsItIs() {
        String text = "<tool_call>not json</tool_call> x";
        assertThat(everyCut(style(ToolFormat.HERMES), text).content).isEqualTo(text);
        assertThat(everyCut(style(ToolFormat.HERMES), "a < b <tool").content).isEqualTo("a < b <tool");
    }

    @Test
    void aCallThatIsCutOffKeepsWhatCame() {
        Read read = everyCut(style(ToolFormat.HERMES), "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city");
        assertThat(read.calls).containsExactly(new CallDelta(0, "weather", "{\"city"));
        assertThat(read.finishesWithCalls).isTrue();
    }

    @Test
    void llamaCallsAreTheWholeMessage() {
        String parameters = "{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}";
        List<CallDelta> one = List.of(new CallDelta(0, "weather", "{\"city\": \"Oslo\"}"));
        assertThat(everyCut(style(ToolFormat.LLAMA3), parameters).calls).isEqualTo(one);
        assertThat(everyCut(style(ToolFormat.LLAMA3), "<|python_tag|>" + parameters).calls)
                .isEqualTo(one);
        assertThat(everyCut(style(ToolFormat.LLAMA3), parameters + "; " + parameters).calls)
                .hasSize(2);
    }

    @Test
    void anAnswerInJsonIsNoLlamaCall() {
        for (String text :
                List.of("{\"name\": \"Bob\", \"age\": 3}", "{\"a\": [1]}", "{}", "{", "Hi {\"name\": \"weather\"}")) {
            Read read = everyCut(style(ToolFormat.LLAMA3), text);
            assertThat(read.content).isEqualTo(text);
            assertThat(read.calls).isEmpty();
        }
    }

    @Test
    void deepSeekCallsComeInBothForms() {
        String old =
                "Well<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Oslo\"}\n```"
                        + "<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>time\n```json\n{}\n```<｜tool▁call▁end｜>"
                        + "<｜tool▁calls▁end｜>";
        String young =
                "Well<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"Oslo\"}<｜tool▁call▁end｜>"
                        + "<｜tool▁call▁begin｜>time<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
        for (String text : List.of(old, young)) {
            Read read = everyCut(style(ToolFormat.DEEPSEEK), text);
            assertThat(read.content).isEqualTo("Well");
            assertThat(read.calls)
                    .containsExactly(
                            new CallDelta(0, "weather", "{\"city\": \"Oslo\"}"), new CallDelta(1, "time", "{}"));
        }
    }

    @Test
    void reasoningStandsBeforeTheAnswer() {
        MessageStyle maybe = new MessageStyle(Reasoning.MAYBE, Optional.empty(), Set.of(), 9, false);
        Read read = everyCut(maybe, "\n<think>\nfirst\n\nthen\n</think>\n\nThe answer. ");
        assertThat(read.reasoning).isEqualTo("first\n\nthen");
        assertThat(read.content).isEqualTo("The answer. ");
        assertThat(everyCut(maybe, " <thin air").content).isEqualTo(" <thin air");

        MessageStyle open = new MessageStyle(Reasoning.OPEN, Optional.empty(), Set.of(), 9, false);
        assertThat(everyCut(open, "hm</think>yes").content).isEqualTo("yes");
        assertThat(everyCut(open, "hm, no end").reasoning).isEqualTo("hm, no end");
    }

    @Test
    void callsFollowReasoning() {
        MessageStyle style =
                new MessageStyle(Reasoning.MAYBE, Optional.of(ToolFormat.HERMES), Set.of("weather"), 9, false);
        Read read = everyCut(style, "<think>a <tool_call></think>\n\n<tool_call>" + WEATHER + "</tool_call>");
        assertThat(read.reasoning).isEqualTo("a <tool_call>");
        assertThat(read.content).isEmpty();
        assertThat(read.calls).hasSize(1);
    }

    @Test
    void onlySoManyCallsAreReported() {
        MessageStyle style =
                new MessageStyle(Reasoning.NONE, Optional.of(ToolFormat.HERMES), Set.of("weather"), 1, false);
        Read read = everyCut(style, ("<tool_call>" + WEATHER + "</tool_call>").repeat(3));
        assertThat(read.calls).containsExactly(new CallDelta(0, "weather", WEATHER_ARGUMENTS));
    }

    @Test
    void dialectsAreReadFromTemplates() {
        assertThat(Dialect.of("{% if tools %}<tool_call>{% endif %}</think>"))
                .isEqualTo(new Dialect(Optional.of(ToolFormat.HERMES), true));
        assertThat(Dialect.of("{% if tools %}<｜tool▁calls▁begin｜>```json{% endif %}")
                        .tools())
                .contains(ToolFormat.DEEPSEEK);
        assertThat(Dialect.of("{% if tools %}<｜tool▁calls▁begin｜>{% endif %}").tools())
                .contains(ToolFormat.DEEPSEEK_V31);
        assertThat(Dialect.of("{% if tools %}<|python_tag|>{% endif %}").tools())
                .contains(ToolFormat.LLAMA3);
        assertThat(Dialect.of("{{ messages }}")).isEqualTo(Dialect.PLAIN);
        Dialect reasons = new Dialect(Optional.empty(), true);
        assertThat(reasons.reasoning("assistant\n<think>\n")).isEqualTo(Reasoning.OPEN);
        assertThat(reasons.reasoning("assistant\n<think>\n\n</think>\n\n")).isEqualTo(Reasoning.NONE);
        assertThat(reasons.reasoning("assistant\n")).isEqualTo(Reasoning.MAYBE);
    }

    private static MessageStyle style(ToolFormat format) {
        return new MessageStyle(Reasoning.NONE, Optional.of(format), Set.of("weather", "time"), 9, false);
    }

    private record Read(String reasoning, String content, List<CallDelta> calls, boolean finishesWithCalls) {}

    /** Reads the text in one piece, character by character, and cut at random; the result must be the same. */
    private static Read everyCut(MessageStyle style, String text) {
        Read whole = read(style, text, 1, text.length() + 1);
        assertThat(read(style, text, 1, 1)).isEqualTo(whole);
        for (int seed = 1; seed < 50; seed++) {
            assertThat(read(style, text, seed, 7)).as("seed " + seed).isEqualTo(whole);
        }
        return whole;
    }

    private static Read read(MessageStyle style, String text, int seed, int longest) {
        Random random = new Random(seed);
        MessageParser parser = style.parser();
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        List<CallDelta> calls = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            if (at == text.length()) {
                parser.finish();
            } else {
                int end = longest > text.length()
                        ? text.length()
                        : Math.min(text.length(), at + 1 + random.nextInt(longest));
                parser.accept(text.substring(at, end));
                at = end - 1;
            }
            MessageDelta delta = parser.take();
            reasoning.append(delta.reasoning());
            content.append(delta.content());
            calls.addAll(delta.calls());
            at++;
        }
        return new Read(reasoning.toString(), content.toString(), CallDelta.joined(calls), parser.finishesWithCalls());
    }
}
