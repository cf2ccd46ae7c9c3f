import { type Bytes, generateBytes, toHex } from '../bytes.js';
import { PairingId } from '../ids.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';
import { crockfordLength, decodeCrockford, encodeCrockford } from './crockford.js';

const qrPrefix = 'nescio-pair:';
const idLength = 16;

/**
 * 80 random bits that a new device shows and the person carries to one that is signed in (spec 3.10). The server is given
 * only the id. Its text is a secret to show, never to log or send.
 */
export class PairingCode {
  readonly #code: Bytes;

  private constructor(code: Bytes) {
    this.#code = code;
  }

  static generate(): PairingCode {
    return new PairingCode(generateBytes(crockfordLength));
  }

  /** Takes what was typed and what a QR code holds. Returns undefined for what is not a code. */
  static parse(input: string): PairingCode | undefined {
    const code = decodeCrockford(input.startsWith(qrPrefix) ? input.slice(qrPrefix.length) : input);
    return code === undefined ? undefined : new PairingCode(code);
  }

  /** Four groups of four. */
  reveal(): string {
    return encodeCrockford(this.#code);
  }

  /** The content of the QR code. */
  revealForQr(): string {
    return qrPrefix + this.reveal().replaceAll('-', '');
  }

  async id(): Promise<PairingId> {
    const derived = await deriveBytes(await importDerivationKey(this.#code), 'pairing/id');
    return PairingId.parse(toHex(derived.slice(0, idLength)));
  }

  /** For HPKE alone; the caller zeroes it. */
  async derivePsk(): Promise<Bytes> {
    return deriveBytes(await importDerivationKey(this.#code), 'pairing/psk');
  }

  close(): void {
    this.#code.fill(0);
  }
}
