package dev.nescio.client;

import dev.nescio.client.Api.ProblemException;
import dev.nescio.protocol.ContainerId;
import dev.nescio.protocol.Rotations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a rotation of the master key has made of the account's containers so far (spec, section 10.13). It outlives
/// a refusal of the server: nothing that was prepared is prepared again as long as its container stays as it is.
final class RotatedContainers {

    interface Sending {
        void send(Rotations.Stage some) throws ProblemException;
    }

    private final Sending sending;
    private final Map<ContainerId, Rotations.Container> prepared = new HashMap<>();
    private final Set<ContainerId> staged = new HashSet<>();
    private int sent;
    private final Set<ContainerId> leftContainers = new HashSet<>();
    private final Set<MasterKeyRotation.UnreadableList> leftLists = new HashSet<>();
    private final List<Rotations.Container> unsent = new ArrayList<>();
    private final List<ContainerId> unreadable = new ArrayList<>();
    private final List<MasterKeyRotation.UnreadableList> unreadableLists = new ArrayList<>();

    /// @param sending sends at most [Rotations#MOST_AT_ONCE] containers
    RotatedContainers(Sending sending) {
        this.sending = sending;
    }

    /// Begins another pass over all containers.
    void begin() {
        unsent.clear();
        unreadable.clear();
        unreadableLists.clear();
    }

    /// A person has been shown this, and wants to go on.
    void leave(MasterKeyRotation.Unreadable shown) {
        leftContainers.addAll(shown.containers());
        leftLists.addAll(shown.lists());
    }

    boolean isLeft(ContainerId container) {
        return leftContainers.contains(container);
    }

    boolean isLeft(MasterKeyRotation.UnreadableList list) {
        return leftLists.contains(list);
    }

    void unreadable(ContainerId container) {
        unreadable.add(container);
    }

    void unreadable(MasterKeyRotation.UnreadableList list) {
        unreadableLists.add(list);
    }

    /// Where this has something, the rotation must not be completed.
    MasterKeyRotation.Unreadable unreadable() {
        return new MasterKeyRotation.Unreadable(unreadable, unreadableLists);
    }

    /// Whether it is prepared as it is now; then it is sent if it has to be.
    ///
    /// @param manifestCounter the stored one
    boolean sendAgain(ContainerId container, long manifestCounter) throws ProblemException {
        Rotations.Container known = prepared.get(container);
        if (known == null || known.manifest().counter() != manifestCounter + 1) {
            return false;
        }
        if (!staged.contains(container)) {
            send(known);
        }
        return true;
    }

    void add(Rotations.Container container) throws ProblemException {
        prepared.put(container.id(), container);
        staged.remove(container.id());
        send(container);
    }

    private void send(Rotations.Container container) throws ProblemException {
        unsent.add(container);
        if (unsent.size() == Rotations.MOST_AT_ONCE) {
            flush();
        }
    }

    /// Sends what is left of a batch.
    void flush() throws ProblemException {
        if (!unsent.isEmpty()) {
            sending.send(new Rotations.Stage(unsent));
            unsent.forEach(sent -> staged.add(sent.id()));
            sent += unsent.size();
            unsent.clear();
        }
    }

    /// What was staged may have waited too long, or have been replaced.
    void forgetStaged() {
        staged.clear();
    }

    /// How many the server has taken, those twice that it was sent twice.
    int sent() {
        return sent;
    }
}
