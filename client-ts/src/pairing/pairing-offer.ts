import { HighWaterMarks } from '../containers/high-water-marks.js';
import type { ThisDevice } from '../devices/own-device.js';
import type { Session } from '../network/session.js';
import { Account } from '../sign-in/account.js';
import type { AccountKeys } from '../sign-in/account-keys.js';
import type { DeviceMemory } from '../sign-in/nescio.js';

/**
 * The account that another device has handed to this new one, opened and checked, and not joined yet (spec 3.10). Whoever has
 * seen the code can have answered it from an account of their own. So ask the person whether the address is theirs, and
 * whether the device that they typed the digits into has said that it handed the account over. Until {@link join} this
 * device keeps nothing of it, and tells the account's other devices nothing of itself.
 */
export class PairingOffer {
  /** As the account's devices sealed it. */
  readonly address: string;
  readonly #session: Session;
  readonly #keys: AccountKeys;
  readonly #marks: HighWaterMarks;
  readonly #device: ThisDevice;
  readonly #memory: DeviceMemory;
  readonly #before: number;
  #isOver = false;

  /** `before` is the number of the newest entry of the log that this device had seen. */
  constructor(
    session: Session,
    keys: AccountKeys,
    marks: HighWaterMarks,
    device: ThisDevice,
    memory: DeviceMemory,
    before: number,
  ) {
    this.address = keys.address;
    this.#session = session;
    this.#keys = keys;
    this.#marks = marks;
    this.#device = device;
    this.#memory = memory;
    this.#before = before;
  }

  /** The person says that it is theirs. Throws `Rejected` where this device has meanwhile seen a newer state of it. */
  async join(): Promise<Account> {
    this.#end();
    const { account } = this.#keys.master;
    const marks = this.#memory.get(account) ?? new HighWaterMarks();
    // It is all that was looked at so far.
    for (const [subject, mark] of this.#marks.entries()) if (subject === 'directory') marks.adopt(subject, mark);
    this.#memory.set(account, marks);
    const joined = new Account(this.#session, this.#keys, marks, new Map());
    await joined.arrive(this.#device, 'paired', this.#before);
    return joined;
  }

  /** The person says that it is not, or does not say so: ends the session and lets go of the keys. */
  async decline(): Promise<void> {
    this.#end();
    await new Account(this.#session, this.#keys, this.#marks, new Map()).signOut();
  }

  #end(): void {
    if (this.#isOver) throw new Error('it was joined or declined before');
    this.#isOver = true;
  }
}
