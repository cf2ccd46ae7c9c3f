package dev.nescio.protocol;

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
}
