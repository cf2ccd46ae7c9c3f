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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules between modules and packages that javac and Maven do not enforce by themselves (docs/architecture.md).
class ArchitectureTest {

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.nescio");

    /// Which feature of the server each table belongs to.
    private static final Map<String, String> OWNERS = new TreeMap<>(Map.ofEntries(
            Map.entry("account", "account"),
            Map.entry("reset_code", "account"),
            Map.entry("alert_address", "account"),
            Map.entry("mailed_reset_code", "account"),
            Map.entry("password_slot", "credential"),
            Map.entry("recovery_slot", "credential"),
            Map.entry("passkey_slot", "credential"),
            Map.entry("access_slot", "credential"),
            Map.entry("backup_code", "credential"),
            Map.entry("session", "session"),
            Map.entry("spent_token", "session"),
            Map.entry("device_list", "session"),
            Map.entry("log_entry", "log"),
            Map.entry("account_sequence", "sync"),
            Map.entry("container_list", "sync"),
            Map.entry("container", "sync"),
            Map.entry("rotated_container", "sync"),
            Map.entry("item", "sync")));

    /// In whatever case and spacing, quoted or not, of a schema or not, and where a line of Java ends before the name.
    private static final Pattern NAMED_TABLE = Pattern.compile(
            "\\b(?:FROM|INTO|UPDATE|JOIN)\\b[\\s\"\\\\+]+(?:\\w+\\s*\\.\\s*)?[\"\\\\]*(\\w+)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern COMMENT = Pattern.compile("^\\s*//.*$", Pattern.MULTILINE);

    private static final Set<String> FEATURES =
            Set.of("account", "credential", "health", "log", "pairing", "passkey", "session", "signin", "sync");

    /// Which feature of the server may call which. Before a line is added here: does the one need to know of the other?
    private static final Set<String> FEATURES_THAT_KNOW_FEATURES = Set.of(
            "account -> credential",
            "account -> log",
            "account -> passkey",
            "account -> session",
            "account -> sync",
            "credential -> passkey",
            "pairing -> account",
            "pairing -> log",
            "pairing -> session",
            "session -> log",
            "signin -> account",
            "signin -> credential",
            "signin -> log",
            "signin -> passkey",
            "signin -> session",
            // A commit is written only by a session that is alive then.
            "sync -> session");

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
        Set<String> tables = new TreeSet<>();
        try (Stream<Path> migrations = Files.list(server.resolve("resources/db/migration/sqlite"))) {
            for (Path migration : migrations.toList()) {
                Matcher created = Pattern.compile("CREATE TABLE (\\w+)").matcher(Files.readString(migration));
                while (created.find()) {
                    tables.add(created.group(1));
                }
            }
        }
        Assertions.assertEquals(OWNERS.keySet(), tables);
        Set<String> foreign = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(server.resolve("java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                String feature = source.getParent().getFileName().toString();
                for (String table : tablesNamed(Files.readString(source))) {
                    if (!OWNERS.get(table).equals(feature)) {
                        foreign.add(feature + " names " + table);
                    }
                }
            }
        }
        // Sign-in finds a slot by its address in one statement, the same for known and unknown addresses.
        Assertions.assertEquals(Set.of("credential names account"), foreign);
    }

    private static Set<String> tablesNamed(String source) {
        Set<String> tables = new TreeSet<>();
        Matcher named =
                NAMED_TABLE.matcher(COMMENT.matcher(source).replaceAll("").replace("\\n", " "));
        while (named.find()) {
            String table = named.group(1).toLowerCase(Locale.ROOT);
            if (OWNERS.containsKey(table)) {
                tables.add(table);
            }
        }
        return tables;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 FROM account",
                "select 1 from account",
                "SELECT 1 FROM   account",
                "SELECT 1\n        FROM\n        account WHERE",
                "\"SELECT 1 FROM \" + \"account\"",
                "\"SELECT 1 FROM\"\n        + \" account\"",
                "\"SELECT 1 FROM\\n\" + \"account\"",
                "SELECT 1 FROM \"account\"",
                "\"SELECT 1 FROM \\\"account\\\"\"",
                "SELECT 1 FROM public.account",
                "INSERT INTO Account VALUES",
                "update account SET",
                "SELECT 1 FROM item LEFT JOIN account USING"
            })
    void aTableIsSeenInEverySpelling(String sql) {
        Assertions.assertTrue(tablesNamed(sql).contains("account"), sql);
    }

    @Test
    void featuresKnowOnlyWhatTheyMust() {
        Set<String> known = new TreeSet<>();
        for (JavaClass type : ALL) {
            type.getDirectDependenciesFromSelf().forEach(dependency -> {
                String from = serverPackage(type);
                String to = serverPackage(dependency.getTargetClass());
                if (FEATURES.contains(to) && !from.equals(to) && !from.isEmpty()) {
                    known.add(from + " -> " + to);
                }
            });
        }
        Assertions.assertEquals(new TreeSet<>(FEATURES_THAT_KNOW_FEATURES), known);
    }

    /// @return empty for what is outside the server, or is its root, where all is wired together
    private static String serverPackage(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.", -1);
        return type.getPackageName().startsWith("dev.nescio.server.") ? parts[3] : "";
    }

    @Test
    void oneClassOfTheClientSendsAnAddressAndOneCommandAsksForIt() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.nescio.client..", "dev.nescio.cli..")
                .and()
                .doNotHaveFullyQualifiedName("dev.nescio.client.Nescio")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.nescio.protocol.MailedCodes$Ask")
                .check(ALL);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.nescio.cli.MailedCodeSheet")
                .should()
                .callMethod(dev.nescio.client.Nescio.class, "insecureSendAddress", String.class)
                .check(ALL);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.nescio.cli.MailedResetCodeSheet")
                .should()
                .callMethod(dev.nescio.client.Nescio.class, "insecureSendAddressForReset", String.class)
                .check(ALL);
    }

    @Test
    void oneClassOfTheClientSendsTheAddressToBeKeptAndOneCommandAsksForIt() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.nescio.client..", "dev.nescio.cli..")
                .and()
                .doNotHaveFullyQualifiedName("dev.nescio.client.AccountMailAlerts")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("dev.nescio.protocol.MailAlerts$TurnOn")
                .check(ALL);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.nescio.cli.AccountAlertsOnCommand")
                .should()
                .callMethod(dev.nescio.client.AccountMailAlerts.class, "insecureTurnOn")
                .check(ALL);
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
