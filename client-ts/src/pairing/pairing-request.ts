import { toBase64Url } from '../base64url.js';
import { type Bytes, generateBytes, sha256 } from '../bytes.js';
import { HighWaterMarks } from '../containers/high-water-marks.js';
import { PairingCode } from '../credentials/pairing-code.js';
import type { ThisDevice } from '../devices/own-device.js';
import { AccountId, type PairingId } from '../ids.js';
import { PairingKey } from '../keys/pairing-grant.js';
import { PairingTranscript, pairingCommitment } from '../keys/pairing-transcript.js';
import type { Answer } from '../network/answer.js';
import type { Api } from '../network/api.js';
import { type Session, sessionIn } from '../network/session.js';
import { Rejected } from '../rejected.js';
import { type AccountKeys, openAccount } from '../sign-in/account-keys.js';
import type { DeviceMemory } from '../sign-in/nescio.js';
import { readAccount } from '../sign-in/served-account.js';
import { PairingOffer } from './pairing-offer.js';
import { Patience, gone, unlessGone } from './patience.js';
import { sentShare, shareIn } from './share.js';

const sealedLength = 32 + 328 + 16;

/**
 * This device, which is new, asks to be paired with one that is signed in (spec 3.10, 10.11). Show the code; when the other
 * device has it, show the digits; when the person has typed them there, this device is offered an account, and the person
 * says whether it is theirs.
 */
export class PairingRequest {
  readonly #api: Api;
  readonly #device: ThisDevice;
  readonly #memory: DeviceMemory;
  readonly #code: PairingCode;
  readonly #key: PairingKey;
  readonly #pairing: PairingId;
  readonly #secret: Bytes;
  readonly #patience: Patience;
  #transcript: PairingTranscript | undefined;

  private constructor(
    api: Api,
    device: ThisDevice,
    memory: DeviceMemory,
    code: PairingCode,
    key: PairingKey,
    pairing: PairingId,
    patience: Patience,
    secret: Bytes,
  ) {
    this.#api = api;
    this.#device = device;
    this.#memory = memory;
    this.#code = code;
    this.#key = key;
    this.#pairing = pairing;
    this.#patience = patience;
    this.#secret = secret;
  }

  static async start(api: Api, device: ThisDevice, memory: DeviceMemory): Promise<PairingRequest> {
    const patience = new Patience(api.surroundings);
    const code = PairingCode.generate();
    const [key, pairing] = await Promise.all([PairingKey.generate(), code.id()]);
    const secret = generateBytes(32);
    const body = {
      pairing,
      commitment: toBase64Url(await pairingCommitment(key.share)),
      secretHash: toBase64Url(await sha256(secret)),
    };
    await api.ask('/v1/pairings/start', { method: 'POST', body, repeatedly: true });
    return new PairingRequest(api, device, memory, code, key, pairing, patience, secret);
  }

  /** To be typed into the device that is signed in. Whoever sees it can answer: show it to nobody else. */
  code(): string {
    return this.#code.reveal();
  }

  /** The same as the content of a QR code. */
  qr(): string {
    return this.#code.revealForQr();
  }

  /** Six digits, once the other device has the code; undefined when two minutes have passed, or it was cancelled. */
  async digits(): Promise<string | undefined> {
    const answered = this.#transcript ?? (await this.#answered());
    if (answered === undefined) return undefined;
    // The first answer counts, also where this is asked again: whoever answers after the reveal can choose the digits.
    const transcript = (this.#transcript ??= answered);
    const revealed = await unlessGone(() => this.#tell('reveal', { share: sentShare(this.#key.share) }));
    return revealed === gone ? undefined : transcript.digits;
  }

  /**
   * Waits until the person has typed the digits into the other device. Throws {@link Rejected} where what the server hands
   * out was not sealed by a device that knows the code, or is older than that device has seen; nothing more is sent then.
   */
  async result(stay = false): Promise<PairingOffer | undefined> {
    const transcript = this.#transcript;
    if (transcript === undefined) throw new Error('there were no digits yet');
    const approved = await this.#poll((polled) => polled.flag('approved') || undefined);
    if (approved === undefined) return undefined;
    const before = this.#memory.get(transcript.exchange.account)?.lastEntry?.counter ?? 0;
    const collected = await unlessGone(() =>
      this.#api.ask('/v1/pairings/collect', {
        method: 'POST',
        body: { ...this.#own(), transport: 'bearer', stay },
      }),
    );
    if (collected === gone) return undefined;
    return this.#open(transcript, collected, sessionIn(this.#api, collected), before);
  }

  /** Makes the server forget this at once. */
  cancel(): Promise<void> {
    return this.#tell('cancel', {});
  }

  /** Lets go of the keys. The server forgets by itself. */
  close(): void {
    this.#key.close();
    this.#code.close();
  }

  async #open(
    transcript: PairingTranscript,
    collected: Answer,
    session: Session,
    before: number,
  ): Promise<PairingOffer> {
    const sealed = collected.bytes('sealed', sealedLength);
    const served = readAccount(collected.object('account'));
    const { account } = transcript.exchange;
    const { masterKey, state } = await this.#key.openGrant(sealed, this.#code, transcript);
    // A copy: nothing is kept before the person has confirmed.
    const marks = new HighWaterMarks(this.#memory.get(account)?.entries());
    let keys: AccountKeys | undefined;
    try {
      marks.adopt('directory', { counter: state.directoryCounter, hash: state.directoryHash });
      keys = await openAccount(masterKey, served, marks);
      if (keys.address !== state.address) throw new Rejected('mismatch');
      return new PairingOffer(session, keys, marks, this.#device, this.#memory, before);
    } catch (error) {
      masterKey.close();
      throw error;
    }
  }

  async #answered(): Promise<PairingTranscript | undefined> {
    const answered = await this.#poll((polled) => polled.optional('answered', (from, name) => from.object(name)));
    if (answered === undefined) return undefined;
    return PairingTranscript.of({
      pairing: this.#pairing,
      commitment: await pairingCommitment(this.#key.share),
      answer: shareIn(answered, 'share'),
      revealed: this.#key.share,
      account: answered.id('account', AccountId),
    });
  }

  #poll<T>(read: (polled: Answer) => T | undefined): Promise<T | undefined> {
    const poll = { method: 'POST', body: this.#own(), repeatedly: true } as const;
    return this.#patience.until(async () => read(await this.#api.ask('/v1/pairings/poll', poll)));
  }

  #tell(step: string, body: object): Promise<void> {
    return this.#api.tell(`/v1/pairings/${step}`, {
      method: 'POST',
      body: { ...this.#own(), ...body },
      repeatedly: true,
    });
  }

  #own(): object {
    return { pairing: this.#pairing, secret: toBase64Url(this.#secret) };
  }
}
