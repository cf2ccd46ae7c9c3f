import { type Bytes, generateBytes } from '../bytes.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';
import { decodeBech32m, encodeBech32m } from './bech32m.js';

const prefix = 'reset';
const codeLength = 20;

/**
 * 160 random bits with which an account is begun anew, once, when every way in is lost (spec 3.13). They open nothing.
 * Its text is a secret to show, never to log.
 */
export class ResetCode {
  readonly #code: Bytes;

  private constructor(code: Bytes) {
    this.#code = code;
  }

  static generate(): ResetCode {
    return new ResetCode(generateBytes(codeLength));
  }

  /** Returns undefined for what is not a code: let the person correct it. */
  static parse(input: string): ResetCode | undefined {
    // Only ASCII case is ignored: toLowerCase would turn U+212A into k.
    const text = input.replace(/[- \t\r\n]/g, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const code = decodeBech32m(prefix, text, codeLength);
    return code === undefined ? undefined : new ResetCode(code);
  }

  /** Eleven groups of four. */
  reveal(): string {
    return (encodeBech32m(prefix, this.#code).toUpperCase().match(/.{4}/g) ?? []).join('-');
  }

  /** The only thing that the server is given. That of another address is another one. */
  async hash(hashedEmail: Bytes): Promise<Bytes> {
    return deriveBytes(await importDerivationKey(this.#code), 'reset-code', hashedEmail);
  }

  close(): void {
    this.#code.fill(0);
  }
}
