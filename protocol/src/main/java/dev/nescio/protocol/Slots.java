package dev.nescio.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Messages that change how an account is signed in to (spec, section 10.9).
public final class Slots {

    private Slots() {}

    /// `PUT /v1/slots/recovery`: another recovery key in place of the one there.
    ///
    /// @param directory the one that lists the new slot
    public record Recovery(SignUp.NewSlot slot, Counted directory) {

        public Recovery {
            SignUp.NewSlot.require("slot", slot, SlotKind.RECOVERY);
            Check.present("directory", directory);
        }
    }

    /// `PUT /v1/slots/password`: another password in place of the one there. Its second factor stays.
    ///
    /// @param directory the one that lists the new slot
    /// @param endOthers whether the account's other sessions end
    public record Password(
            SignUp.NewSlot slot,
            Counted directory,
            @JsonProperty(required = true) boolean endOthers) {

        public Password {
            SignUp.NewSlot.require("slot", slot, SlotKind.PASSWORD);
            Check.present("directory", directory);
        }
    }
}
