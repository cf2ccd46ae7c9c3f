package dev.nescio.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nescio.client.Account;
import dev.nescio.client.ConfirmResult;
import dev.nescio.client.MailAlertsChange;
import dev.nescio.client.MailResult;
import dev.nescio.client.Nescio;
import dev.nescio.client.PendingSignUp;
import dev.nescio.client.SecondFactor;
import dev.nescio.client.SignInResult;
import dev.nescio.client.SignUpResult;
import java.util.List;
import java.util.Optional;

/// Somebody who signs up where mail is on, and can be told of each sign-in.
final class Mailed {

    final Account account;
    final List<String> backupCodes;
    private final Inbox inbox;
    private final String recoveryKey;

    Mailed(Nescio nescio, Inbox inbox, String address) {
        this.inbox = inbox;
        MailResult.Sent sent = assertInstanceOf(MailResult.Sent.class, nescio.insecureSendAddress(address));
        SignUpResult.Started started = assertInstanceOf(
                SignUpResult.Started.class, nescio.signUp(sent.code(), inbox.takeCode(), World.PASSWORD.toCharArray()));
        try (PendingSignUp pending = started.pending()) {
            recoveryKey = pending.recoveryKey();
            backupCodes = pending.backupCodes();
            account = assertInstanceOf(
                            ConfirmResult.Confirmed.class,
                            pending.confirm(new SecondFactor.Totp(World.totp(pending.totpSecret())), false))
                    .account();
        }
    }

    void turnOn() {
        assertInstanceOf(MailAlertsChange.Changed.class, account.mailAlerts().insecureTurnOn());
        assertEquals(Optional.empty(), account.logFinding());
    }

    /// On this or another device.
    Account signIn(Nescio elsewhere) {
        return assertInstanceOf(SignInResult.SignedIn.class, elsewhere.signInWithRecoveryKey(recoveryKey, false))
                .account();
    }

    /// Waits for the mail.
    void signInAndBeTold(Nescio elsewhere) {
        signIn(elsewhere).close();
        String mail = inbox.take();
        assertTrue(mail.contains("A new sign-in"), mail);
        assertTrue(mail.contains(account.address()), mail);
    }
}
