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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// The rules between modules and packages that javac and Maven do not enforce by themselves (docs/architecture.md).
class ArchitectureTest {

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.nescio");

    /// Which feature of the server each table belongs to.
    private static final Map<String, String> OWNERS = new TreeMap<>(Map.of(
            "account", "account",
            "password_slot", "credential",
            "backup_code", "credential",
            "session", "session",
            "container_list", "sync",
            "container", "sync",
            "item", "sync"));

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
    void onlyItsOwnFeatureNamesATableInSql() throws IOException {
        Path server = Path.of(System.getProperty("nescio.spec")).resolveSibling("server/src/main");
        String schema =
                Files.readString(server.resolve("resources/db/migration/sqlite/V1__accounts_and_containers.sql"));
        Matcher created = Pattern.compile("CREATE TABLE (\\w+)").matcher(schema);
        Set<String> tables = new TreeSet<>();
        while (created.find()) {
            tables.add(created.group(1));
        }
        Assertions.assertEquals(OWNERS.keySet(), tables);
        Pattern named = Pattern.compile("\\b(?:FROM|INTO|UPDATE|JOIN) (\\w+)");
        Set<String> foreign = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(server.resolve("java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                String feature = source.getParent().getFileName().toString();
                Matcher table = named.matcher(Files.readString(source));
                while (table.find()) {
                    String owner = OWNERS.get(table.group(1));
                    if (owner != null && !owner.equals(feature)) {
                        foreign.add(feature + " names " + table.group(1));
                    }
                }
            }
        }
        // Sign-in finds a slot by its address in one statement, the same for known and unknown addresses.
        Assertions.assertEquals(Set.of("credential names account"), foreign);
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
