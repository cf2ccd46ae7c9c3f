import { Chats } from '../chats/chats.js';
import { toBase64Url } from '../base64url.js';
import { constantTimeEqual } from '../bytes.js';
import type { HighWaterMarks } from '../containers/high-water-marks.js';
import { provePasskey } from '../credentials/passkey-ceremonies.js';
import type { PairingCode } from '../credentials/pairing-code.js';
import { type DeviceListState, OwnDevice, type ThisDevice } from '../devices/own-device.js';
import type { AccountId, SlotId } from '../ids.js';
import type { Credential } from '../keys/credential.js';
import type { RecoveryKey } from '../keys/recovery-key.js';
import { AccountLog, type LogState, type OwnDeed } from '../log/account-log.js';
import { isRefused } from '../network/errors.js';
import type { Session } from '../network/session.js';
import { PairingApproval } from '../pairing/pairing-approval.js';
import { getChallenge } from '../passkeys/challenge.js';
import { Passkeys } from '../passkeys/passkeys.js';
import type { WrappedKey } from '../sealing/sealed.js';
import { type AccountKeys, closeKeys } from './account-keys.js';
import { Proof } from './proof.js';
import { SlotChanges } from './slot-changes.js';

/** An account that is signed in on this device, and passed its checks. */
export class Account {
  readonly id: AccountId;
  /** As the account's devices sealed it. */
  readonly address: string;
  /** Whether this sign-in has cancelled a code to reset the account (spec 10.18), as the server says: tell the person. */
  readonly isResetCancelled: boolean;
  readonly chats: Chats;
  readonly passkeys: Passkeys;
  readonly #session: Session;
  readonly #keys: AccountKeys;
  readonly #slots: SlotChanges;
  readonly #ownDevice: OwnDevice;
  readonly #log: AccountLog;
  #deviceList: DeviceListState = 'unknown';
  /** What the sign-in brought of each slot; nothing on a device that was paired. */
  readonly #wrapped: Map<SlotId, WrappedKey>;

  constructor(
    session: Session,
    keys: AccountKeys,
    marks: HighWaterMarks,
    wrapped: ReadonlyMap<SlotId, WrappedKey>,
    isResetCancelled = false,
  ) {
    this.id = keys.master.account;
    this.address = keys.address;
    this.isResetCancelled = isResetCancelled;
    this.#session = session;
    this.#keys = keys;
    this.#wrapped = new Map(wrapped);
    this.#ownDevice = new OwnDevice(session, keys.profile, marks);
    this.#log = new AccountLog(session, this.id, marks);
    this.#slots = new SlotChanges(session, keys.master, marks, this.#log);
    this.chats = new Chats(session, keys.chats, marks);
    this.passkeys = new Passkeys(this, session, this.#slots, (slot, key) => this.#wrapped.set(slot, key));
  }

  /** When the session ends by itself unless it is renewed, in milliseconds since 1970. */
  get expiresAt(): number {
    return this.#session.expiresAt;
  }

  /** Show the person a list that was tampered with: devices may be hidden. */
  get deviceList(): DeviceListState {
    return this.#deviceList;
  }

  /**
   * Show the person what is not `whole`, after signing in, after joining and after each change of the passkeys: the server
   * hides something from the log of the account.
   */
  get log(): LogState {
    return this.#log.state;
  }

  /**
   * Tells the account's other devices who this one is, and looks for its way in in the log. `before` is the number of the
   * newest entry that this device had seen before it asked to be let in.
   */
  async arrive(device: ThisDevice, way: OwnDeed, before: number): Promise<void> {
    this.#deviceList = await this.#ownDevice.announce(device);
    await this.#log.lookFor(way, before);
  }

  /** Exchanges the token for another one, and prolongs the session. */
  renew(): Promise<void> {
    return this.#session.renew();
  }

  /** Proves the recovery key in this session (spec 10.9). A wrong one throws `Refused`: `sign-in-failed`. */
  async prove(key: RecoveryKey): Promise<Proof> {
    const slot = await key.slot();
    return this.#proven(await key.deriveCredential(), slot, { slot });
  }

  /** Has the person prove one of the account's passkeys in this session. */
  async provePasskey(): Promise<Proof> {
    const passkeys = await this.passkeys.list();
    if (passkeys.length === 0) throw new RangeError('the account has no passkey');
    const challenge = await getChallenge(this.#session.api);
    const proven = await provePasskey(
      challenge,
      passkeys.map(({ credentialId }) => credentialId),
    );
    const slot = passkeys.find(({ credentialId }) => constantTimeEqual(credentialId, proven.credentialId))?.id;
    return this.#proven(proven.credential, slot, { passkey: proven.assertion });
  }

  /**
   * Answers a new device that shows this code. Nothing is handed over before its digits were typed in here. Undefined where
   * no device waits with this code. Takes the code over.
   */
  answer(code: PairingCode): Promise<PairingApproval | undefined> {
    return PairingApproval.answer(this.#session, code, this, this.#slots);
  }

  /** Ends the session at the server and lets go of the keys. */
  async signOut(): Promise<void> {
    if (this.#deviceList === 'announced') await this.#ownDevice.leave();
    this.close();
    try {
      await this.#session.tell('/v1/session', { method: 'DELETE', repeatedly: true });
    } catch (error) {
      if (!isRefused(error, 'session-required')) throw error;
    }
  }

  /** Lets go of the keys. The session lives on. */
  close(): void {
    closeKeys(this.#keys);
  }

  async #proven(credential: Credential, slot: SlotId | undefined, which: object): Promise<Proof> {
    try {
      // Whoever has copied the token would be as proven as this device (spec 10.9).
      await this.#session.renew();
      await this.#session.tell('/v1/session/proof', {
        method: 'POST',
        body: { lookupHash: toBase64Url(credential.lookupHash), ...which },
      });
    } catch (error) {
      credential.wrappingKey.close();
      throw error;
    }
    const wrapped = slot === undefined ? undefined : this.#wrapped.get(slot);
    const opening = slot === undefined || wrapped === undefined ? undefined : { account: this.id, slot, wrapped };
    return new Proof(credential.wrappingKey, opening, this.#session.api.surroundings.now);
  }
}
