import {
  type Account,
  Nescio,
  PairingCode,
  type PairingApproval,
  type PairingOffer,
  type PairingRequest,
  type PasskeyEntry,
  type Proof,
  RecoveryKey,
} from '../../src/index.js';

// A device in a page, step by step, as the system tests drive it in a real browser, against a real server. What it holds is
// gone with the page.

const nescio = new Nescio(location.origin, { name: 'A page', kind: 'browser' });

let account: Account | undefined;
let proof: Proof | undefined;
let request: PairingRequest | undefined;
let digits: Promise<string | undefined> | undefined;
let offer: PairingOffer | undefined;
let approval: PairingApproval | undefined;

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a step before this one is missing');
  return value;
}

function recoveryKey(text: string): RecoveryKey {
  return there(RecoveryKey.parse(text));
}

async function passkey(name: string): Promise<PasskeyEntry> {
  return there((await there(account).passkeys.list()).find((entry) => entry.name === name));
}

const device = {
  async signInWithRecoveryKey(text: string): Promise<string> {
    account = await nescio.signInWithRecoveryKey(recoveryKey(text));
    return account.address;
  },

  async signInWithPasskey(): Promise<string> {
    account = await nescio.signInWithPasskey();
    return account.address;
  },

  log(): string {
    return there(account).log;
  },

  /** The titles of all chats, each with its messages. */
  async read(): Promise<readonly (readonly (string | undefined)[])[]> {
    const chats = [];
    for (const listed of await there(account).chats.list()) {
      if (listed.kind !== 'opened') throw new Error(listed.reason);
      const entries = await listed.chat.read();
      chats.push([listed.chat.title, ...entries.map((entry) => (entry.kind === 'message' ? entry.text : entry.kind))]);
    }
    return chats;
  },

  async passkeys(): Promise<readonly string[]> {
    return (await there(account).passkeys.list()).map(({ name }) => name);
  },

  async proveRecoveryKey(text: string): Promise<void> {
    proof = await there(account).prove(recoveryKey(text));
  },

  async provePasskey(): Promise<void> {
    proof = await there(account).provePasskey();
  },

  async addPasskey(name: string): Promise<void> {
    await there(account).passkeys.add(name, there(proof));
  },

  async renamePasskey(name: string, next: string): Promise<void> {
    await there(account).passkeys.rename((await passkey(name)).id, next);
  },

  async removePasskey(name: string): Promise<void> {
    await there(account).passkeys.remove((await passkey(name)).id);
  },

  /** As a new device. Returns the content of the QR code, and waits for the digits meanwhile. */
  async pair(): Promise<string> {
    request = await nescio.pair();
    digits = request.digits();
    return request.qr();
  },

  digits(): Promise<string | undefined> {
    return there(digits);
  },

  /** Returns the address of the account that is offered. */
  async offered(): Promise<string> {
    offer = there(await there(request).result());
    return offer.address;
  },

  async join(): Promise<void> {
    account = await there(offer).join();
  },

  /** As the device that is signed in. */
  async answer(code: string): Promise<void> {
    approval = there(await there(account).answer(there(PairingCode.parse(code))));
  },

  async handOver(typed: string): Promise<string> {
    const checked = there(approval).checkDigits(typed);
    return typeof checked === 'string' ? checked : checked.handOver(there(proof));
  },
};

Object.assign(globalThis, { device });
