import { toBase64Url } from '../base64url.js';
import type { PairingCode } from '../credentials/pairing-code.js';
import type { AccountId, PairingId } from '../ids.js';
import { PairingKey } from '../keys/pairing-grant.js';
import { PairingTranscript } from '../keys/pairing-transcript.js';
import type { Answer } from '../network/answer.js';
import { isRefused } from '../network/errors.js';
import type { Session } from '../network/session.js';
import { Rejected } from '../rejected.js';
import { envelopeHash } from '../sealing/sealed.js';
import type { Proof } from '../sign-in/proof.js';
import type { SlotChanges } from '../sign-in/slot-changes.js';
import { Patience, gone, unlessGone } from './patience.js';
import { sentShare, shareIn } from './share.js';

/** Of this device, what a new one is to be handed. */
interface Granted {
  readonly id: AccountId;
  readonly address: string;
}

/**
 * A new device that asks for this account, on the device that is signed in (spec 3.10, 10.11). Nothing is handed over before
 * the digits that the new device shows were typed in here, and a credential was proven.
 */
export class PairingApproval {
  readonly #session: Session;
  readonly #slots: SlotChanges;
  readonly #address: string;
  readonly #code: PairingCode;
  readonly #transcript: PairingTranscript;
  readonly #patience: Patience;
  #isOver = false;

  private constructor(
    session: Session,
    slots: SlotChanges,
    address: string,
    code: PairingCode,
    transcript: PairingTranscript,
    patience: Patience,
  ) {
    this.#session = session;
    this.#slots = slots;
    this.#address = address;
    this.#code = code;
    this.#transcript = transcript;
    this.#patience = patience;
  }

  /** Undefined where no device waits with this code. Takes the code over. Throws {@link Rejected}. */
  static async answer(
    session: Session,
    code: PairingCode,
    { id, address }: Granted,
    slots: SlotChanges,
  ): Promise<PairingApproval | undefined> {
    const patience = new Patience(session.api.surroundings);
    const key = await PairingKey.generate();
    let approval: PairingApproval | undefined;
    try {
      const transcript = await exchange(session, await code.id(), key, id, patience);
      if (transcript === undefined) return undefined;
      if (!(await transcript.keepsItsCommitment())) throw new Rejected('mismatch');
      approval = new PairingApproval(session, slots, address, code, transcript, patience);
      return approval;
    } finally {
      key.close();
      if (approval === undefined) code.close();
    }
  }

  /**
   * Takes the digits that the person reads on the new device. There is one try; what is not six digits is none. Only the right
   * ones give the step that hands the account over.
   */
  checkDigits(typed: string): PairingHandover | 'wrong' | 'not-six-digits' | 'gone' {
    const isRight = this.#transcript.hasDigits(typed);
    if (isRight === undefined) return 'not-six-digits';
    if (this.#isGone) return 'gone';
    if (!isRight) {
      // Not waited for: the server must not keep the person from learning it.
      this.cancel().catch(() => undefined);
      return 'wrong';
    }
    return { handOver: (proof) => this.#handOver(proof) };
  }

  /** Ends the pairing; nothing was handed over. */
  cancel(): Promise<void> {
    this.#isOver = true;
    return this.#tell('refuse', {});
  }

  /** Lets go of the code. The server forgets by itself. */
  close(): void {
    this.#isOver = true;
    this.#code.close();
  }

  get #isGone(): boolean {
    return this.#isOver || this.#patience.isOver();
  }

  async #handOver(proof: Proof): Promise<HandoverOutcome> {
    const { served } = await this.#slots.load();
    const { counter, sealed } = served.directory;
    const state = { directoryCounter: counter, directoryHash: await envelopeHash(sealed), address: this.#address };
    if (this.#isGone) return 'gone';
    if (!proof.isFresh) return 'proof-required';
    const grant = toBase64Url(await proof.grantMasterKey(state, this.#code, this.#transcript));
    try {
      const approved = await unlessGone(() => this.#tell('approve', { sealed: grant }));
      this.#isOver = true;
      return approved === gone ? 'gone' : 'handed-over';
    } catch (error) {
      if (isRefused(error, 'proof-required')) return 'proof-required';
      throw error;
    }
  }

  #tell(step: string, body: object): Promise<void> {
    return tell(this.#session, step, { pairing: this.#transcript.exchange.pairing, ...body });
  }
}

export type HandoverOutcome = 'handed-over' | 'proof-required' | 'gone';

/** What the right digits give. */
export interface PairingHandover {
  /** Hands the account to the new device. Throws `SignInNeeded` where this device was paired itself. */
  handOver(proof: Proof): Promise<HandoverOutcome>;
}

/** All that the two devices tell each other before there are digits; undefined where nobody waits (any more). */
async function exchange(
  session: Session,
  pairing: PairingId,
  key: PairingKey,
  account: AccountId,
  patience: Patience,
): Promise<PairingTranscript | undefined> {
  // Before the answer: a commitment that is made later binds nobody.
  const looked = await unlessGone(() => look(session, pairing));
  if (looked === gone) return undefined;
  const commitment = looked.bytes('commitment', 32);
  const answered = await unlessGone(() => tell(session, 'answer', { pairing, share: sentShare(key.share) }));
  if (answered === gone) return undefined;
  const revealed = await patience.until(async () => (await look(session, pairing)).optional('revealed', shareIn));
  if (revealed === undefined) return undefined;
  return PairingTranscript.of({ pairing, commitment, answer: key.share, revealed, account });
}

function look(session: Session, pairing: PairingId): Promise<Answer> {
  return session.ask('/v1/pairings/look', { method: 'POST', body: { pairing }, repeatedly: true });
}

function tell(session: Session, step: string, body: object): Promise<void> {
  return session.tell(`/v1/pairings/${step}`, { method: 'POST', body, repeatedly: true });
}
