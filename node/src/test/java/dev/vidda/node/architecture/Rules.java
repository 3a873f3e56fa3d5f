package dev.vidda.node.architecture;

import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/** The rules that hold for class files. A package that does not exist yet breaks none. */
final class Rules {
    /** Pure logic: no actors, no GPU, so that it runs in a unit test and in a simulation. */
    private static final String[] PURE = {
        "dev.vidda.protocol.kv..",
        "dev.vidda.scheduler.admission..",
        "dev.vidda.scheduler.ledger..",
        "dev.vidda.scheduler.placement..",
        "dev.vidda.scheduler.queue..",
        "dev.vidda.simulator..",
        "dev.vidda.worker.kv..",
        "dev.vidda.worker.engine..",
        "dev.vidda.worker.sampling..",
        "dev.vidda.worker.model..",
        "dev.vidda.worker.weights..",
        "dev.vidda.worker.step..",
        "dev.vidda.gateway.jinja..",
        "dev.vidda.gateway.text..",
    };

    static final ArchRule DEPENDENCIES_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("protocol")
            .definedBy("dev.vidda.protocol..")
            .layer("scheduler")
            .definedBy("dev.vidda.scheduler..")
            .layer("gpu-worker")
            .definedBy("dev.vidda.worker..")
            .layer("gateway")
            .definedBy("dev.vidda.gateway..")
            .layer("simulator")
            .definedBy("dev.vidda.simulator..")
            .layer("node")
            .definedBy("dev.vidda.node..")
            .whereLayer("protocol")
            .mayNotAccessAnyLayer()
            .whereLayer("scheduler")
            .mayOnlyBeAccessedByLayers("node", "simulator")
            .whereLayer("gpu-worker")
            .mayOnlyBeAccessedByLayers("node", "simulator")
            .whereLayer("simulator")
            .mayOnlyBeAccessedByLayers("node")
            .whereLayer("gateway")
            .mayOnlyBeAccessedByLayers("node")
            .whereLayer("node")
            .mayNotBeAccessedByAnyLayer();

    static final ArchRule PURE_PACKAGES_KNOW_NO_ACTORS_AND_NO_GPU = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("akka..", "jcuda..")
            .allowEmptyShould(true);

    static final ArchRule ONLY_THE_CUDA_DEVICE_KNOWS_JCUDA = noClasses()
            .that()
            .resideOutsideOfPackage("dev.vidda.worker.device.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jcuda..")
            .allowEmptyShould(true);

    static final ArchRule ONLY_DEVICES_ALLOCATE_NATIVE_MEMORY = noClasses()
            .that()
            .resideOutsideOfPackage("dev.vidda.worker.device..")
            // Its arguments of system calls are freed when these return.
            .and()
            .doNotHaveFullyQualifiedName("dev.vidda.gateway.socket.UserTimeout")
            .should()
            .callMethodWhere(calls("allocate.*", "java\\.lang\\.foreign\\..*"))
            .orShould()
            .callMethodWhere(calls("allocateDirect", "java\\.nio\\.ByteBuffer"))
            .orShould()
            .callMethodWhere(calls("cu(da)?(Mem|Malloc|Host).*", "jcuda\\..*"))
            .allowEmptyShould(true);

    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Manager");

    static final ArchRule ACTORS_ARE_FINAL_AND_CREATED_BY_A_FACTORY = classes()
            .that(areActors())
            .should()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .haveOnlyPrivateConstructors()
            .andShould(haveAStaticCreate())
            .allowEmptyShould(true);

    static final ArchRule ONLY_COMMAND_LINES_PRINT = noClasses()
            .that()
            .resideOutsideOfPackages("dev.vidda.node.cli..", "dev.vidda.bench..", "dev.vidda.worker.bench..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .allowEmptyShould(true);

    static final ArchRule LOGS_GO_THROUGH_SLF4J = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.logging..")
            .allowEmptyShould(true);

    static final List<ArchRule> ALL = List.of(
            DEPENDENCIES_POINT_ONE_WAY,
            PURE_PACKAGES_KNOW_NO_ACTORS_AND_NO_GPU,
            ONLY_THE_CUDA_DEVICE_KNOWS_JCUDA,
            ONLY_DEVICES_ALLOCATE_NATIVE_MEMORY,
            NAMES_SAY_WHAT_A_CLASS_IS,
            ACTORS_ARE_FINAL_AND_CREATED_BY_A_FACTORY,
            ONLY_COMMAND_LINES_PRINT,
            LOGS_GO_THROUGH_SLF4J);

    private Rules() {}

    private static DescribedPredicate<JavaCall<?>> calls(String method, String type) {
        return target(nameMatching(method))
                .and(target(owner(nameMatching(type))))
                .forSubtype();
    }

    private static DescribedPredicate<JavaClass> areActors() {
        return assignableTo(AbstractOnMessageBehavior.class)
                .or(assignableTo(AbstractBehavior.class))
                .as("are actors");
    }

    private static ArchCondition<JavaClass> haveAStaticCreate() {
        return new ArchCondition<>("have a static create method") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean holds = type.getMethods().stream()
                        .anyMatch(method -> method.getName().equals("create")
                                && method.getModifiers().contains(JavaModifier.STATIC));
                String message = type.getName() + (holds ? " has" : " has no") + " static create method";
                events.add(new SimpleConditionEvent(type, holds, message));
            }
        };
    }
}
