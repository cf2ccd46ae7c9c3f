package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.nescio.cli.terminal.Exit;
import dev.nescio.client.HintListener;
import dev.nescio.client.Nescio;
import dev.nescio.client.SignInResult;
import dev.nescio.systemtests.World.Person;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/// What the tests of accounts have in common that are deleted, or begun anew.
abstract class AccountsThatEnd extends AgainstHostileServer {

    /// Nothing opens the account of before any more.
    static void assertGone(Person person) {
        try (Nescio fresh = Nescio.connect(world.uri())) {
            assertInstanceOf(
                    SignInResult.Failed.class,
                    fresh.signIn(person.address, World.PASSWORD.toCharArray(), person.nextFactor()));
            assertInstanceOf(SignInResult.Failed.class, fresh.signInWithRecoveryKey(person.recoveryKey, false));
        }
    }

    static CommandRun run(Path home, int exitCode, List<UnaryOperator<String>> answers, String... arguments) {
        CommandRun run = CommandRun.of(
                Map.of(
                        "NESCIO_HOME",
                        home.toString(),
                        "HOME",
                        home.toString(),
                        "NESCIO_SERVER",
                        world.uri().toString()),
                answers,
                arguments);
        assertEquals(exitCode, run.exitCode(), run::toString);
        return run;
    }

    static void signIn(Path home, Person person) {
        run(
                home,
                Exit.OK,
                List.of(before -> person.recoveryKey),
                "signin",
                "--json",
                "--recovery-key-stdin",
                "--unsealed-profile");
    }

    /// @param told when the server has ended the session
    record RevocationListener(CountDownLatch told) implements HintListener {

        @Override
        public void changed() {}

        @Override
        public void revoked() {
            told.countDown();
        }

        @Override
        public void disconnected() {}
    }
}
