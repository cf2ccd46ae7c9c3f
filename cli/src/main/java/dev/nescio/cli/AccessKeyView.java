package dev.nescio.cli;

import dev.nescio.protocol.Scope;
import java.time.Instant;
import java.util.Optional;

/// How an access key's scope and end are shown to a person.
final class AccessKeyView {

    private AccessKeyView() {}

    static String scope(Scope scope) {
        return scope.isAll()
                ? "the WHOLE ACCOUNT, to read and to write"
                : scope.text().replace(",", ", ");
    }

    static String end(Optional<Instant> end) {
        return end.map(When::local).orElse("never, unless you revoke it");
    }
}
