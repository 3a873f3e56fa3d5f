package dev.vidda.gateway.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class TemplateTest {

    private static String render(String template, Map<String, ?> variables) {
        return Template.compile(template).render(variables, Gold.NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "`a\n  {{ x | nope }}` ! 2 ! 10 ! the filter 'nope' is not supported",
                "{{ x is nope }} ! 1 ! 9 ! the test 'nope' is not supported",
                "{{ x.translate(1) }} ! 1 ! 15 ! the method 'translate' is not supported",
                "{{ x['nope']() }} ! 1 ! 13 ! the method 'nope' is not supported",
                "{{ joiner(',') }} ! 1 ! 10 ! the function 'joiner' is not supported",
                "{{ x | map('nope') | list }} ! 1 ! 12 ! the filter 'nope' is not supported",
                "{{ x | select('nope') | list }} ! 1 ! 15 ! the test 'nope' is not supported",
                "{% include 'x' %} ! 1 ! 4 ! the tag 'include' is not supported",
                "{% block x %}{% endblock %} ! 1 ! 4 ! the tag 'block' is not supported",
                "{% if x %}a{% endfor %} ! 1 ! 15 ! the tag 'endfor' is not supported here; {% endif %} is missing before it",
                "`{% if x %}\n{{ y ` ! 2 ! 1 ! a tag is not closed",
                "{% if x %} ! 1 ! 4 ! a block is not closed with {% endif %}",
                "{{ 'abc }} ! 1 ! 4 ! a string is not closed",
                "{# abc ! 1 ! 1 ! a comment is not closed",
                "{{ a $ b }} ! 1 ! 6 ! unexpected character '$'",
                "{{ (a] }} ! 1 ! 6 ! unexpected ']', expected ')'",
                "{{ a b }} ! 1 ! 6 ! expected '}}', not 'b'",
                "{{ a + }} ! 1 ! 8 ! expected an expression, not '}}'",
                "{% set true = 1 %} ! 1 ! 8 ! cannot assign to 'true'",
                "{% break %} ! 1 ! 4 ! break and continue need a loop",
                "{{ '\\N{DASH}' }} ! 1 ! 5 ! characters by name",
                "{{ f(a=1, 2) }} ! 1 ! 11 ! a positional argument stands behind named ones"
            })
    void whatIsNotSupportedIsRefusedWithItsPlace(String template, int line, int column, String problem) {
        var error = catchThrowableOfType(TemplateSyntaxException.class, () -> Template.compile(template));
        assertThat(error).as(template).isNotNull();
        assertThat(error.problem()).contains(problem);
        assertThat(List.of(error.line(), error.column())).as(template).containsExactly(line, column);
        assertThat(error.getMessage()).contains("line " + line + ", column " + column);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "{{ nope.x }} ! 'nope' is undefined",
                "{{ d.x.y }} ! 'dict object' has no attribute 'x'",
                "{{ 1 + 'a' }} ! unsupported operand types for +: 'int' and 'str'",
                "{{ l.items() }} ! 'list object' has no attribute 'items'",
                "{{ d.pop('x') }} ! access to attribute 'pop' of 'dict' object is unsafe",
                "{{ d.items }} ! a method cannot be written as text",
                "{{ l | map('upper') }} ! a generator cannot be written as text",
                "{{ l | tojson(indnt=1) }} ! filter 'tojson' has no argument 'indnt'",
                "{% for x in 5 %}{% endfor %} ! 'int' object is not iterable",
                "{{ strftime_now('%Q') }} ! strftime_now does not know '%Q'"
            })
    void whatFailsWhileRenderingIsAnErrorWithItsPlace(String template, String problem) {
        Map<String, Object> variables = Map.of("d", Map.of("k", "v"), "l", List.of("a"));
        assertThatExceptionOfType(TemplateRenderException.class)
                .isThrownBy(() -> render("\n" + template, variables))
                .withMessageContaining(problem)
                .withMessageContaining("line 2, column ");
    }

    @Test
    void aRaisedExceptionCarriesTheTemplatesOwnMessage() {
        assertThatExceptionOfType(TemplateRaisedException.class)
                .isThrownBy(() -> render("{{ raise_exception('roles must ' ~ 'alternate') }}", Map.of()))
                .satisfies(e -> assertThat(e.problem()).isEqualTo("roles must alternate"));
    }

    @Test
    void variablesAreWhatAJsonParserGives() {
        Map<String, Object> variables = new HashMap<>();
        variables.put("none", null);
        variables.put(
                "values",
                Arrays.asList(
                        1, 2L, 1.5f, 2.5d, new BigDecimal("0.25"), new BigInteger("12345678901234567890"), true, null));
        assertThat(render("{{ values }} {{ none }}", variables))
                .isEqualTo("[1, 2, 1.5, 2.5, 0.25, 12345678901234567890, True, None] None");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> render("", Map.of("x", Set.of())))
                .withMessageContaining("cannot be given a java.util.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
                "{% macro m(f) %}{% call f(f) %}{% endcall %}{% endmacro %}{{ m(m) }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
                "{% set ns = namespace(x=2) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
                "{{ 'a' * 999999999999 }}",
                "{{ [1] * 999999999 }}",
                "{{ 'a'.center(9999999999) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ ('a' * 9999999).replace('a', 'b' * 9999999) }}",
                "{{ ('a' * 9999999).replace('', 'b' * 9999999) }}",
                "{{ ('a' * 9999999) | indent(99999, true) }}{{ ('\\n' * 9999999) | indent(9999, true, true) }}",
                "{{ 10 ** (10 ** 10) }}",
                "{{ range(999999999999) }}",
                "{{ range(100000) | batch(1, 1) | map('join') | join('a' * 99999) }}",
                "{% for i in range(99999) %}{{ 'a' * 9999 }}{% endfor %}"
            })
    void aTemplateThatRunsAwayIsStopped(String template) {
        assertThatExceptionOfType(TemplateRenderException.class)
                .as(template)
                .isThrownBy(() -> render(template, Map.of()));
    }

    @Test
    void limitsAreThoseGiven() {
        Template loop = Template.compile("{% for i in range(n) %}x{% endfor %}");
        assertThat(loop.render(Map.of("n", 10), Gold.NOW, new Limits(100, 100, 10)))
                .isEqualTo("x".repeat(10));
        assertThatExceptionOfType(TemplateRenderException.class)
                .isThrownBy(() -> loop.render(Map.of("n", 11), Gold.NOW, new Limits(100, 100, 10)))
                .withMessageContaining("more than 10 characters");
        assertThatExceptionOfType(TemplateRenderException.class)
                .isThrownBy(() -> loop.render(Map.of("n", 99), Gold.NOW, new Limits(100, 100, 1000)))
                .withMessageContaining("more than 100 steps");
        assertThatExceptionOfType(TemplateRenderException.class)
                .isThrownBy(() -> loop.render(Map.of("n", 1), Gold.NOW, new Limits(1, 100, 1000)))
                .withMessageContaining("deeper than 1 levels");
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, 1, 1));
    }

    @Test
    void theDeepestTemplateFitsIntoASmallStack() throws InterruptedException {
        String parentheses = "{{ " + "(".repeat(40) + "1" + ")".repeat(40) + " }}";
        String blocks = "{% if true %}".repeat(50) + "{{ 1" + " + 1".repeat(190) + " }}" + "{% endif %}".repeat(50);
        String recursion = "{% macro m(n) %}{% if n %}{{ (m(n - 1)) | trim }}{% endif %}x{% endmacro %}{{ m(40) }}";
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable work = () -> {
            for (int i = 0; i < 3; i++) {
                assertThat(render(parentheses, Map.of())).isEqualTo("1");
                assertThat(render(blocks, Map.of())).isEqualTo("191");
                assertThat(render(recursion, Map.of())).isEqualTo("x".repeat(41));
                String deep = "(".repeat(40) + "1" + (" + 1".repeat(150) + ")").repeat(40);
                assertThatExceptionOfType(TemplateRenderException.class)
                        .isThrownBy(() -> render("{{ " + deep + " }}", Map.of()));
                for (String open : List.of(
                        "(", "[", "{'a':", "not ", "-", "a if b else ", "x[", "x(", "{% if x %}", "{% for x in y %}")) {
                    String tag = open.startsWith("{%") ? open.repeat(5000) : "{{ " + open.repeat(5000) + " }}";
                    assertThatExceptionOfType(TemplateSyntaxException.class).isThrownBy(() -> Template.compile(tag));
                }
                assertThatExceptionOfType(TemplateRenderException.class)
                        .isThrownBy(() -> render("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", Map.of()));
            }
        };
        Thread thread = new Thread(null, work, "small stack", 640 * 1024);
        thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void manyThreadsMayRenderOneTemplateAtOnce() throws InterruptedException {
        Template template = Template.compile(
                "{% set ns = namespace(sum=0) %}{% for x in numbers %}"
                        + "{% set ns.sum = ns.sum + x %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}={{ ns.sum }}");
        Map<Integer, String> results = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 1; t <= 8; t++) {
            int count = t;
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 200; i++) {
                    List<Integer> numbers = new ArrayList<>();
                    for (int n = 1; n <= count; n++) {
                        numbers.add(n * i);
                    }
                    results.merge(count, template.render(Map.of("numbers", numbers), Gold.NOW), (a, b) -> b);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(results.get(3)).isEqualTo("1,2,3=" + 199 * 6);
        assertThat(results.get(8)).isEqualTo("1,2,3,4,5,6,7,8=" + 199 * 36);
    }

    @Test
    void variablesAreNeverChanged() {
        Map<String, Object> message = new HashMap<>(Map.of("content", "a"));
        Map<String, Object> variables = new HashMap<>(Map.of("messages", new ArrayList<>(List.of(message))));
        render("{% set messages = messages + [1] %}{% for m in messages %}{% set m = 2 %}{% endfor %}", variables);
        assertThat(variables).isEqualTo(Map.of("messages", List.of(Map.of("content", "a"))));
    }

    @Test
    void aTemplateThatIsTooLongIsRefused() {
        assertThatExceptionOfType(TemplateSyntaxException.class)
                .isThrownBy(() -> Template.compile("x".repeat((1 << 20) + 1)))
                .withMessageContaining("the limit is 1048576");
    }
}
