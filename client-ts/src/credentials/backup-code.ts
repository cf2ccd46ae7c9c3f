import { type Bytes, generateBytes } from '../bytes.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';
import { crockfordLength, decodeCrockford, encodeCrockford } from './crockford.js';

/** 80 random bits that stand in for one TOTP code, once (spec 3.7). Its text is a secret to show, never to log. */
export class BackupCode {
  readonly #code: Bytes;

  private constructor(code: Bytes) {
    this.#code = code;
  }

  static generate(): BackupCode {
    return new BackupCode(generateBytes(crockfordLength));
  }

  /** Returns undefined for what is not a code: let the person correct it. */
  static parse(input: string): BackupCode | undefined {
    const code = decodeCrockford(input);
    return code === undefined ? undefined : new BackupCode(code);
  }

  /** Four groups of four. */
  reveal(): string {
    return encodeCrockford(this.#code);
  }

  /** The only thing that the server is given. The address keeps equal codes of two accounts apart. */
  async hash(hashedEmail: Bytes): Promise<Bytes> {
    return deriveBytes(await importDerivationKey(this.#code), 'backup-code', hashedEmail);
  }

  close(): void {
    this.#code.fill(0);
  }
}
