import type { DirectoryEntry } from '../account/slot-directory.js';
import { isText } from '../account/sealed-json.js';
import { toBase64Url } from '../base64url.js';
import type { Bytes } from '../bytes.js';
import { createPasskey } from '../credentials/passkey-ceremonies.js';
import { SlotId } from '../ids.js';
import type { Session } from '../network/session.js';
import type { Account } from '../sign-in/account.js';
import { type Proof, SignInNeeded } from '../sign-in/proof.js';
import type { SlotChanges } from '../sign-in/slot-changes.js';
import type { WrappedKey } from '../sealing/sealed.js';
import { envelopeHash } from '../sealing/sealed.js';
import { getChallenge } from './challenge.js';

/** A passkey of the account; its name is for the account's devices alone. */
export interface PasskeyEntry {
  readonly id: SlotId;
  readonly name: string;
  readonly credentialId: Bytes;
  /**
   * When the server last refused a copy of its authenticator, as it says: somebody else may have the passkey, so show it to
   * the person, who should remove it. Milliseconds since 1970.
   */
  readonly copyRefusedAt: number | undefined;
}

/**
 * The passkeys of an account (spec 10.12). Each change needs a credential that was proven just now on this device: have a
 * {@link Proof} made of one first. What the server refuses throws `Refused`, such as `last-way-in`.
 */
export class Passkeys {
  readonly #account: Pick<Account, 'id' | 'address'>;
  readonly #session: Session;
  readonly #slots: SlotChanges;
  readonly #added: (slot: SlotId, wrapped: WrappedKey) => void;

  /** `added` is told what the slot of a new passkey holds. */
  constructor(
    account: Pick<Account, 'id' | 'address'>,
    session: Session,
    slots: SlotChanges,
    added: (slot: SlotId, wrapped: WrappedKey) => void,
  ) {
    this.#account = account;
    this.#session = session;
    this.#slots = slots;
    this.#added = added;
  }

  async list(): Promise<readonly PasskeyEntry[]> {
    const { directory, served } = await this.#slots.load();
    return directory.slots
      .filter((slot) => slot.kind === 'passkey')
      .map(({ id, name, credentialId }) => ({ id, name, credentialId, copyRefusedAt: served.copiesRefused.get(id) }));
  }

  /**
   * Asks an authenticator for a new passkey and adds it. Throws `UnsuitablePasskey` where the authenticator has no PRF, and
   * {@link SignInNeeded} on a device that was paired.
   */
  async add(name: string, proof: Proof): Promise<SlotId> {
    checkName(name);
    if (!proof.opensMasterKeyOf(this.#account.id)) throw new SignInNeeded();
    const present = (await this.list()).map(({ credentialId }) => credentialId);
    const challenge = await getChallenge(this.#session.api);
    const created = await createPasskey(challenge, this.#account.id, this.#account.address, present);
    const { credentialId, registration, credential } = created;
    const slot = { id: SlotId.generate(), kind: 'passkey' as const };
    try {
      const wrapped = await proof.wrapMasterKeyFor(credential.wrappingKey, slot.id);
      const entry = { ...slot, credentialId, name, wrappedMasterKeyHash: await envelopeHash(wrapped) };
      const sent = {
        ...slot,
        credentialId: toBase64Url(credentialId),
        lookupHash: toBase64Url(credential.lookupHash),
        wrappedMasterKey: toBase64Url(wrapped),
      };
      await this.#slots.change(
        'passkey-added',
        (slots) => (slots.some(({ id }) => id === slot.id) ? undefined : [...slots, entry]),
        (directory) => this.#put('/v1/slots/passkey', { slot: sent, registration, directory }),
      );
      this.#added(slot.id, wrapped);
      return slot.id;
    } finally {
      credential.wrappingKey.close();
    }
  }

  /** Throws a `RangeError` where there is no such passkey, and nothing is sent. */
  async rename(passkey: SlotId, name: string): Promise<void> {
    checkName(name);
    await this.#slots.change(
      'names-changed',
      (slots) => renamed(slots, passkey, name),
      (directory) => this.#put('/v1/directory', directory),
    );
  }

  /** Another device may have removed it already. With `endOthers` all other sessions of the account end. */
  async remove(passkey: SlotId, endOthers = false): Promise<void> {
    const path = `/v1/slots/${passkey}/remove`;
    await this.#slots.change(
      'passkey-removed',
      (slots) =>
        slots.some((slot) => isPasskey(slot, passkey)) ? slots.filter(({ id }) => id !== passkey) : undefined,
      (directory) => this.#session.tell(path, { method: 'POST', body: { directory, endOthers }, repeatedly: true }),
    );
  }

  #put(path: string, body: object): Promise<void> {
    return this.#session.tell(path, { method: 'PUT', body, repeatedly: true });
  }
}

function isPasskey(slot: DirectoryEntry, passkey: SlotId): boolean {
  return slot.kind === 'passkey' && slot.id === passkey;
}

function renamed(
  slots: readonly DirectoryEntry[],
  passkey: SlotId,
  name: string,
): readonly DirectoryEntry[] | undefined {
  const before = slots.find((slot) => isPasskey(slot, passkey));
  if (before?.kind !== 'passkey') throw new RangeError('the account has no such passkey');
  if (before.name === name) return undefined;
  return slots.map((slot) => (slot === before ? { ...before, name } : slot));
}

function checkName(name: string): void {
  if (!isText(name, 64)) throw new RangeError('a name has 1 to 64 characters');
}
