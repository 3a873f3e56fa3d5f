package dev.vidda.node.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

final class ClassRulesTest {
    /** Those of all modules but bench, which this one does not depend on; without test classes. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.vidda");

    @TestFactory
    Stream<DynamicTest> theClassesOfAllModulesKeepTheRules() {
        return Rules.ALL.stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CLASSES)));
    }

    @Test
    void theRulesSeeTheClassesOfEveryModule() {
        for (String name : new String[] {"protocol", "scheduler", "worker", "gateway", "node"}) {
            assertThat(CLASSES).anyMatch(type -> type.getPackageName().startsWith("dev.vidda." + name));
        }
    }

    /** A rule that cannot fail would hold nothing. */
    @TestFactory
    Stream<DynamicTest> aRuleNoticesWhoBreaksIt() {
        Map<ArchRule, Class<?>> breaches = Map.of(
                Rules.NAMES_SAY_WHAT_A_CLASS_IS, Breaches.StringUtils.class,
                Rules.ACTORS_ARE_FINAL_AND_CREATED_BY_A_FACTORY, Breaches.OpenActor.class,
                Rules.ONLY_COMMAND_LINES_PRINT, Breaches.Printer.class,
                Rules.ONLY_DEVICES_ALLOCATE_NATIVE_MEMORY, Breaches.Allocator.class,
                Rules.LOGS_GO_THROUGH_SLF4J, Breaches.JavaLogger.class);
        return breaches.entrySet().stream().map(entry -> {
            JavaClasses breach = new ClassFileImporter().importClasses(entry.getValue());
            return DynamicTest.dynamicTest(
                    entry.getValue().getSimpleName(),
                    () -> assertThat(entry.getKey().evaluate(breach).hasViolation())
                            .as(entry.getKey().getDescription())
                            .isTrue());
        });
    }
}
