package dev.nescio.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.MailedCodes;
import dev.nescio.protocol.SignUp;
import dev.nescio.sealing.Bech32m;
import dev.nescio.sealing.v1.Derivation;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;

/// Of one person, who has an address of their own, at a server that has mail on.
record Mailbox(MailServer mails, Client client, Clock clock, String address) {

    private static final AtomicInteger PEOPLE = new AtomicInteger();

    Mailbox(MailServer mails, Client client, Clock clock) {
        this(mails, client, clock, "person" + PEOPLE.incrementAndGet() + "@example.org");
    }

    Bytes hashed() {
        return Device.sha256(Bytes.copyOf(address.getBytes(StandardCharsets.UTF_8)));
    }

    /// An account of this address.
    Device signUp() throws InterruptedException {
        MailedCodes.Asked asked = client.post("/v1/signup/code", new MailedCodes.Ask(address, hashed()))
                .as(MailedCodes.Asked.class);
        MailedCodes.Proof proof = new MailedCodes.Proof(asked.mailed(), take().code());
        SignUp.Start made = ResetTest.anew(hashed());
        return Device.signedUp(
                client,
                clock,
                new SignUp.Start(
                        made.account(),
                        made.hashedEmail(),
                        made.slot(),
                        made.recovery(),
                        made.domainKeys(),
                        made.keyPair(),
                        made.profile(),
                        made.directory(),
                        made.backupCodeHashes(),
                        proof));
    }

    Client.Answer askForReset() {
        return askForReset(client);
    }

    Client.Answer askForReset(Client by) {
        return by.post("/v1/reset/code", new MailedCodes.Ask(address, hashed()));
    }

    /// What the server knows a reset code by that was asked for and mailed here.
    Bytes resetCode() throws InterruptedException {
        assertEquals(201, askForReset().status());
        return hash(take().resetCode());
    }

    Bytes hash(String code) {
        byte[] octets = Bech32m.decode("reset", Bech32m.bare(code), 20).orElseThrow();
        return Bytes.copyOf(Derivation.from(octets).derive("reset-code", hashed().toArray()));
    }

    /// The next mail, which is for this person.
    MailServer.Mail take() throws InterruptedException {
        MailServer.Mail mail = mails.take();
        assertEquals(address, mail.to());
        return mail;
    }
}
