package dev.nescio.systemtests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// The rules between modules and packages that javac and Maven do not enforce by themselves (docs/architecture.md).
class ArchitectureTest {

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.nescio");

    /// Features of the server. Everything else below `dev.nescio.server` is a port or plumbing.
    private static final Set<String> FEATURES = Set.of("account", "signin", "session", "sync", "health");

    @Test
    void everyModuleIsLookedAt() {
        for (String module : Set.of("protocol", "sealing", "keys", "client", "cli", "server")) {
            Assertions.assertTrue(
                    ALL.stream().anyMatch(type -> type.getPackageName().startsWith("dev.nescio." + module)), module);
        }
    }

    @Test
    void theServerNeverTouchesKeys() {
        noClasses()
                .that()
                .resideInAPackage("dev.nescio.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.nescio.keys..", "dev.nescio.client..", "dev.nescio.cli..")
                .check(ALL);
    }

    @Test
    void dependenciesPointOneWay() {
        dependsOnlyOn("protocol", "protocol");
        dependsOnlyOn("sealing", "sealing", "protocol");
        dependsOnlyOn("keys", "keys", "sealing", "protocol");
        dependsOnlyOn("client", "client", "keys", "sealing", "protocol");
        dependsOnlyOn("cli", "cli", "client", "keys", "sealing", "protocol");
        dependsOnlyOn("server", "server", "sealing", "protocol");
    }

    private static void dependsOnlyOn(String module, String... others) {
        Set<String> allowed = Set.of(others);
        classes()
                .that()
                .resideInAPackage("dev.nescio." + module + "..")
                .should(new ArchCondition<>("depend only on " + allowed) {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getDirectDependenciesFromSelf().stream()
                                .filter(dependency -> isForbidden(dependency.getTargetClass(), allowed))
                                .forEach(dependency ->
                                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
                    }
                })
                .check(ALL);
    }

    private static boolean isForbidden(JavaClass target, Set<String> allowed) {
        String[] parts = target.getPackageName().split("\\.", -1);
        return target.getPackageName().startsWith("dev.nescio.") && !allowed.contains(parts[2]);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.nescio.(**)").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void featuresDoNotReachIntoEachOthersStores() {
        for (String feature : FEATURES) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.nescio.server." + feature + "..")
                    .should()
                    .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                            "are stores of " + feature,
                            type -> type.getPackageName().equals("dev.nescio.server." + feature)
                                    && type.getSimpleName().endsWith("Store")))
                    .allowEmptyShould(true)
                    .check(ALL);
        }
    }

    @Test
    void onlyTheClientsDiskTouchesInsecureExports() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.nescio.keys..", "dev.nescio.sealing..")
                .and()
                .doNotHaveFullyQualifiedName("dev.nescio.client.SavedProfile")
                .should()
                .callMethodWhere(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "hand out a key",
                        call -> call.getTarget().getName().startsWith("insecureExport")
                                || call.getTarget().getName().startsWith("insecureImport")))
                .check(ALL);
    }

    @Test
    void secretsAndUnguessableThingsComeFromAStrongSource() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .callMethod(Math.class, "random")
                .check(ALL);
    }
}
