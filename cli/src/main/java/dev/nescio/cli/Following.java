package dev.nescio.cli;

import dev.nescio.cli.profile.LocalProfile;
import dev.nescio.cli.terminal.Terminal;
import dev.nescio.client.Account;
import dev.nescio.client.Chat;
import dev.nescio.client.HintListener;
import dev.nescio.client.Hints;
import dev.nescio.client.Message;
import dev.nescio.client.NescioException;
import dev.nescio.client.OpenAccount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Shows a chat for as long as the program runs: fetches when the server hints at a change, and connects
/// anew when the connection is lost.
final class Following {

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// After how long the session is checked again, whatever came meanwhile (spec, section 10.18).
    private static final Duration LONGEST_UNCHECKED = Duration.ofMinutes(5);

    enum Event {
        CHANGED,
        ACCOUNT,
        REVOKED,
        DISCONNECTED,
        CHECK_DUE
    }

    private final Terminal terminal;
    private final OpenAccount account;
    private final Chat chat;
    private final MessageView view;

    /// None for an access key of some domains, which knows nothing of devices.
    private final Optional<SignInAlerts> alerts;

    /// The end of the reset code that was last told of.
    private Optional<Instant> resetTold = Optional.empty();

    Following(Terminal terminal, OpenAccount account, Chat chat, MessageView view) {
        this.terminal = terminal;
        this.account = account;
        this.chat = chat;
        this.view = view;
        this.alerts =
                account instanceof Account whole ? Optional.of(new SignInAlerts(terminal, whole)) : Optional.empty();
    }

    /// Returns only by an exception.
    ///
    /// @param last how many of the messages that are there to show first; null for all
    int run(Integer last) {
        alerts.ifPresent(SignInAlerts::begin);
        List<Message> messages = chat.messages();
        view.title(chat);
        if (last != null) {
            view.skip(messages.subList(0, Math.max(0, messages.size() - last)));
        }
        view.show(messages);
        terminal.note("(following; Ctrl-C ends)");
        Duration pause = SHORTEST_PAUSE;
        while (true) {
            boolean wasConnected = listen();
            terminal.note(wasConnected ? "(the connection is lost)" : "(the server cannot be reached)");
            pause = wasConnected ? SHORTEST_PAUSE : longer(pause);
            sleep(pause);
        }
    }

    /// Until the connection ends.
    ///
    /// @return whether there was one
    /// @throws NescioException.SessionEnded if there is none because the session has ended
    private boolean listen() {
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        boolean connected = false;
        try {
            check();
            try (Hints _ = account.listen(new Listener(events))) {
                connected = true;
                // What came between the last look and the connection gave no hint.
                view.show(chat.messages());
                alerts.ifPresent(SignInAlerts::look);
                showChanges(events);
            }
        } catch (NescioException.Unreachable e) {
            // Nothing is lost: what came meanwhile is shown after the next connection.
        }
        return connected;
    }

    private void showChanges(BlockingQueue<Event> events) {
        long checked = System.nanoTime();
        while (true) {
            switch (take(events, LONGEST_UNCHECKED.minusNanos(System.nanoTime() - checked))) {
                case CHANGED -> view.show(chat.messages());
                case ACCOUNT -> alerts.ifPresent(SignInAlerts::look);
                case REVOKED -> throw SignedInOptions.ended(LocalProfile.of(terminal));
                case DISCONNECTED -> {
                    return;
                }
                case CHECK_DUE -> {
                    check();
                    checked = System.nanoTime();
                }
            }
        }
    }

    /// Nothing hints at a reset code: the operator makes it beside the server.
    private void check() {
        account.checkSession();
        if (account instanceof Account whole && !whole.resetCodeUntil().equals(resetTold)) {
            resetTold = whole.resetCodeUntil();
            ResetWarning.tell(terminal, whole);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private record Listener(BlockingQueue<Event> events) implements HintListener {

        @Override
        public void changed() {
            addOnce(Event.CHANGED);
        }

        @Override
        public void accountChanged() {
            addOnce(Event.ACCOUNT);
        }

        /// Many changes need one look: what is queued already will see them all.
        private void addOnce(Event event) {
            if (events.peek() != event) {
                events.add(event);
            }
        }

        @Override
        public void revoked() {
            events.add(Event.REVOKED);
        }

        @Override
        public void disconnected() {
            events.add(Event.DISCONNECTED);
        }
    }

    /// The next event, or that the check is due: who causes many events keeps it from nobody.
    static Event take(BlockingQueue<Event> events, Duration untilCheck) {
        if (!untilCheck.isPositive()) {
            return Event.CHECK_DUE;
        }
        try {
            Event event = events.poll(untilCheck.toNanos(), TimeUnit.NANOSECONDS);
            return event == null ? Event.CHECK_DUE : event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a hint", e);
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting to connect", e);
        }
    }
}
