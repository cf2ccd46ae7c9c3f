package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.keys.MasterKey;
import dev.nescio.keys.PairingCode;
import dev.nescio.keys.PairingGrant;
import dev.nescio.keys.PairingKey;
import dev.nescio.keys.PairingTranscript;
import dev.nescio.protocol.Bytes;
import dev.nescio.protocol.Counted;
import dev.nescio.protocol.Pairings;
import dev.nescio.sealing.RejectedException;
import dev.nescio.sealing.Sha256;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A new device that asks for this account, on the device that is signed in (spec, sections 3.10 and 10.11). Nothing is
/// handed over before [#confirm] was given the digits that the new device shows, and a credential was proven. For one
/// thread.
public final class PairingApproval implements AutoCloseable {

    private final Signed signed;
    private final PairingCode code;
    private final PairingTranscript transcript;
    private boolean over;

    /// What a pairing needs of the account on this device.
    record Signed(Api api, Token token, SlotChanges slots, FreshProof proof, MasterKey masterKey, String address) {

        private Pairings.Looked look(Pairings.Look look) throws ProblemException {
            return api.postRepeatedly("/v1/pairings/look", token, look, Pairings.Looked.class);
        }

        private void post(String step, Object body) throws ProblemException {
            api.postRepeatedly("/v1/pairings/" + step, token, body, null);
        }

        @Override
        public String toString() {
            return "Signed[redacted]";
        }
    }

    private PairingApproval(Signed signed, PairingCode code, PairingTranscript transcript) {
        this.signed = signed;
        this.code = code;
        this.transcript = transcript;
    }

    /// Takes the code over.
    static PairingAnswer answer(Signed signed, PairingCode code, RandomGenerator random) {
        boolean answered = false;
        try (PairingKey own = PairingKey.generate(random)) {
            Pairings.Look look = new Pairings.Look(code.id());
            // Before the answer: a commitment that is made later binds nobody.
            Bytes commitment = signed.look(look).commitment();
            signed.post("answer", new Pairings.Answer(code.id(), own.share()));
            Optional<Pairings.Looked> looked =
                    new PairingRequest.Patience().until(() -> signed.look(look), seen -> seen.revealed() != null);
            if (looked.isEmpty()) {
                return new PairingAnswer.Gone();
            }
            PairingTranscript transcript = new PairingTranscript(
                    code.id(),
                    commitment,
                    own.share(),
                    looked.get().revealed(),
                    signed.masterKey().account());
            if (!transcript.keepsItsCommitment()) {
                throw new NescioException.Distrust(Finding.PAIRING_CHANGED);
            }
            answered = true;
            return new PairingAnswer.Answered(new PairingApproval(signed, code, transcript));
        } catch (ProblemException e) {
            PairingRequest.gone(e);
            return new PairingAnswer.Gone();
        } finally {
            if (!answered) {
                code.close();
            }
        }
    }

    /// Hands the account to the new device if these are its digits, and a credential was proven on this device just
    /// now, whatever the server says of that. There is one try at the digits.
    ///
    /// @param digits as the new device shows them; the person reads them there, and types them here
    /// @throws IllegalArgumentException with words for the person, if they are not six digits; that is no try
    public PairingOutcome confirm(String digits) {
        boolean right = transcript.hasDigits(digits);
        if (over) {
            return new PairingOutcome.Gone();
        }
        if (!right) {
            cancel();
            return new PairingOutcome.WrongDigits();
        }
        if (!signed.proof().isThere()) {
            return new PairingOutcome.ProofRequired();
        }
        try {
            signed.post("approve", new Pairings.Approve(code.id(), grant()));
            over = true;
            return new PairingOutcome.Approved();
        } catch (ProblemException e) {
            if (e.is("proof-required")) {
                return new PairingOutcome.ProofRequired();
            }
            over = true;
            PairingRequest.gone(e);
            return new PairingOutcome.Gone();
        }
    }

    private Bytes grant() throws ProblemException {
        Counted directory = signed.slots().checkedDirectory();
        try {
            return new PairingGrant(
                            signed.masterKey(), directory.counter(), Sha256.of(directory.sealed()), signed.address())
                    .seal(code, transcript);
        } catch (RejectedException e) {
            throw new NescioException.Distrust(Finding.PAIRING_CHANGED);
        }
    }

    /// Ends the pairing; nothing was handed over.
    public void cancel() {
        over = true;
        try {
            signed.post("refuse", new Pairings.Look(code.id()));
        } catch (ProblemException e) {
            throw e.unexpected();
        }
    }

    /// Wipes the code. The server forgets by itself.
    @Override
    public void close() {
        code.close();
    }

    @Override
    public String toString() {
        return "PairingApproval[redacted]";
    }
}
