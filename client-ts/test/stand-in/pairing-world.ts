import { expect } from 'vitest';
import { PairingCode } from '../../src/credentials/pairing-code.js';
import type { PairingApproval, PairingHandover } from '../../src/pairing/pairing-approval.js';
import type { PairingRequest } from '../../src/pairing/pairing-request.js';
import type { Account } from '../../src/sign-in/account.js';
import { type DeviceMemory, Nescio } from '../../src/sign-in/nescio.js';
import { standInAccount } from './stand-in-account.js';
import { StandInServer } from './stand-in-server.js';

/** A laptop that is signed in, and a phone that is new, at a stand-in of a server. */
export class PairingWorld {
  readonly server: StandInServer;
  readonly laptop: Account;
  readonly phone: Nescio;
  /** What the phone remembers. */
  readonly remembered: DeviceMemory;

  private constructor(server: StandInServer, laptop: Account) {
    this.server = server;
    this.laptop = laptop;
    this.remembered = new Map();
    this.phone = new Nescio('http://localhost', { name: 'phone', kind: 'test' }, this.remembered, server.surroundings);
  }

  static async start(): Promise<PairingWorld> {
    const server = new StandInServer(await standInAccount());
    const nescio = new Nescio('http://localhost', { name: 'laptop', kind: 'test' }, new Map(), server.surroundings);
    return new PairingWorld(server, await nescio.signInWithRecoveryKey(server.account.recoveryKey));
  }

  get wasHandedOver(): boolean {
    return this.server.asked.includes('/v1/pairings/approve');
  }

  async answered(request: PairingRequest, by = this.laptop): Promise<PairingApproval> {
    const approval = await by.answer(codeOf(request));
    if (approval === undefined) throw new Error('nobody waits');
    return approval;
  }

  /** The new device shows its digits as soon as the other one has answered. */
  async shown(request: PairingRequest): Promise<{ readonly digits: string; readonly approval: PairingApproval }> {
    const pending = request.digits();
    const approval = await this.answered(request);
    const digits = await pending;
    if (digits === undefined) throw new Error('no digits');
    return { digits, approval };
  }

  /** Approves honestly. */
  async approved(request: PairingRequest): Promise<void> {
    const { digits, approval } = await this.shown(request);
    const handover = rightDigits(approval, digits);
    expect(await handover.handOver(await this.laptop.prove(this.server.account.recoveryKey))).toBe('handed-over');
  }
}

export function codeOf(request: PairingRequest): PairingCode {
  const code = PairingCode.parse(request.qr());
  if (code === undefined) throw new Error('no code');
  return code;
}

export function rightDigits(approval: PairingApproval, digits: string): PairingHandover {
  const checked = approval.checkDigits(digits);
  if (typeof checked === 'string') throw new Error(checked);
  return checked;
}
