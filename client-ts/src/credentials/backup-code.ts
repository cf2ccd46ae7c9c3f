import { type Bytes, generateBytes } from '../bytes.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 10;
const digits = 16;

/** 80 random bits that stand in for one TOTP code, once (spec 3.7). Its text is a secret to show, never to log. */
export class BackupCode {
  readonly #code: Bytes;

  private constructor(code: Bytes) {
    this.#code = code;
  }

  static generate(): BackupCode {
    return new BackupCode(generateBytes(codeLength));
  }

  /** Returns undefined for what is not a code: let the person correct it. */
  static parse(input: string): BackupCode | undefined {
    // Only ASCII case is ignored: toUpperCase would turn U+0131 into I and U+017F into S.
    const text = input
      .replace(/[a-z]/g, (letter) => letter.toUpperCase())
      .replace(/[- ]/g, '')
      .replace(/O/g, '0')
      .replace(/[IL]/g, '1');
    const values = Array.from(text, (digit) => alphabet.indexOf(digit));
    if (values.length !== digits || values.includes(-1)) return undefined;
    let bits = values.reduce((joined, value) => (joined << 5n) | BigInt(value), 0n);
    const code = new Uint8Array(codeLength);
    for (let index = codeLength - 1; index >= 0; index--, bits >>= 8n) code[index] = Number(bits & 0xffn);
    return new BackupCode(code);
  }

  /** Four groups of four. */
  reveal(): string {
    const bits = this.#code.reduce((joined, byte) => (joined << 8n) | BigInt(byte), 0n);
    const text = Array.from({ length: digits }, (_, index) =>
      alphabet.charAt(Number((bits >> BigInt(5 * (digits - 1 - index))) & 31n)),
    ).join('');
    return text.replace(/(.{4})(?=.)/g, '$1-');
  }

  /** The only thing that the server is given. The address keeps equal codes of two accounts apart. */
  async hash(hashedEmail: Bytes): Promise<Bytes> {
    return deriveBytes(await importDerivationKey(this.#code), 'backup-code', hashedEmail);
  }

  close(): void {
    this.#code.fill(0);
  }
}
