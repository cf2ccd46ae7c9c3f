import { toBase64Url } from '../base64url.js';
import { constantTimeEqual } from '../bytes.js';
import { HighWaterMarks } from '../containers/high-water-marks.js';
import { provePasskey } from '../credentials/passkey-ceremonies.js';
import { type ThisDevice, checkDevice } from '../devices/own-device.js';
import { type AccountId, type SlotId, idBytes } from '../ids.js';
import type { Credential } from '../keys/credential.js';
import type { RecoveryKey } from '../keys/recovery-key.js';
import { Api, type Surroundings, usualSurroundings } from '../network/api.js';
import { type Session, sessionIn } from '../network/session.js';
import { PairingRequest } from '../pairing/pairing-request.js';
import { getChallenge } from '../passkeys/challenge.js';
import { Rejected } from '../rejected.js';
import type { WrappedKey } from '../sealing/sealed.js';
import { Account } from './account.js';
import { openAccountAtSignIn } from './account-keys.js';
import { type ServedAtSignIn, readAccountAtSignIn } from './served-account.js';

/** What this device remembers of each account, so that no server takes it back unnoticed (spec 8.5). Nothing is secret. */
export type DeviceMemory = Map<AccountId, HighWaterMarks>;

const ways = { 'recovery-key': '/v1/signin/key', passkey: '/v1/signin/passkey' } as const;

/** A server, and the ways to get from it to an account. */
export class Nescio {
  readonly #api: Api;
  readonly #device: ThisDevice;
  readonly #memory: DeviceMemory;

  /**
   * `server` is https, or http on this machine; `device` is what the account's other devices are told of this one. Throws a
   * `RangeError` where one of them cannot be.
   */
  constructor(
    server: string,
    device: ThisDevice,
    memory: DeviceMemory = new Map(),
    surroundings: Surroundings = usualSurroundings,
  ) {
    checkDevice(device);
    this.#api = new Api(server, surroundings);
    this.#device = { ...device };
    this.#memory = memory;
  }

  /**
   * Show the person the address of the account: nothing was typed that it could be compared with (spec 10.3). With `stay` the
   * session lasts 30 days instead of one. Throws `Refused`, `Unreachable`, and {@link Rejected} where an answer fails a
   * check; nothing more is sent then.
   */
  async signInWithRecoveryKey(key: RecoveryKey, stay = false): Promise<Account> {
    const [slot, credential] = await Promise.all([key.slot(), key.deriveCredential()]);
    return this.#signIn('recovery-key', credential, { slot }, stay, (served) => {
      if (served.slot.id !== slot || served.slot.kind !== 'recovery') throw new Rejected('mismatch');
    });
  }

  /** Has the person choose a passkey; no address is typed. Throws as {@link signInWithRecoveryKey}. */
  async signInWithPasskey(stay = false): Promise<Account> {
    const { assertion, credential, credentialId } = await provePasskey(await getChallenge(this.#api));
    return this.#signIn('passkey', credential, { passkey: assertion }, stay, ({ slot, account }) => {
      const isProven = slot.kind === 'passkey' && constantTimeEqual(slot.credentialId, credentialId);
      const { userHandle } = assertion;
      if (!isProven || (userHandle !== undefined && userHandle !== toBase64Url(idBytes(account)))) {
        throw new Rejected('mismatch');
      }
    });
  }

  /** Begins to pair this device, which is new, with one that is signed in (spec 10.11). */
  pair(): Promise<PairingRequest> {
    return PairingRequest.start(this.#api, this.#device, this.#memory);
  }

  async #signIn(
    way: keyof typeof ways,
    credential: Credential,
    proof: object,
    stay: boolean,
    check: (served: ServedAtSignIn) => void,
  ): Promise<Account> {
    const lookupHash = toBase64Url(credential.lookupHash);
    const before = new Map(Array.from(this.#memory, ([account, marks]) => [account, marks.lastEntry?.counter]));
    try {
      const answer = await this.#api.ask(ways[way], {
        method: 'POST',
        body: { ...proof, lookupHash, transport: 'bearer', stay },
      });
      const served = readAccountAtSignIn(answer);
      check(served);
      const account = await this.#open(credential, served, sessionIn(this.#api, answer));
      await account.arrive(this.#device, `signed-in-with-${way}`, before.get(account.id) ?? 0);
      return account;
    } finally {
      credential.wrappingKey.close();
    }
  }

  async #open(credential: Credential, served: ServedAtSignIn, session: Session): Promise<Account> {
    const wrapped = new Map<SlotId, WrappedKey>();
    for (const slot of served.slots) if ('wrappedMasterKey' in slot) wrapped.set(slot.id, slot.wrappedMasterKey);
    const own = wrapped.get(served.slot.id);
    if (own === undefined) throw new Rejected('mismatch');
    const master = await credential.wrappingKey.unwrapMasterKey(served.account, served.slot.id, own);
    const marks = this.#memory.get(served.account) ?? new HighWaterMarks();
    this.#memory.set(served.account, marks);
    const keys = await openAccountAtSignIn(master, served, marks);
    return new Account(session, keys, marks, wrapped, served.isResetCancelled);
  }
}
