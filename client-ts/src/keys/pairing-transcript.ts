import { type Bytes, concat, constantTimeEqual, sha256, u32, utf8 } from '../bytes.js';
import { type AccountId, type PairingId, idBytes } from '../ids.js';
import { deriveBytes, importDerivationKey } from '../sealing/derive.js';

/** What one device contributes: a public X25519 key and a nonce, 32 bytes each. */
export interface PairingShare {
  readonly publicKey: Bytes;
  readonly nonce: Bytes;
}

/** All that two devices have told each other by way of the server (spec 3.10). */
export interface PairingExchange {
  readonly pairing: PairingId;
  readonly commitment: Bytes;
  /** Of the signed-in device. */
  readonly answer: PairingShare;
  /** Of the new device, as committed to before the answer. */
  readonly revealed: PairingShare;
  readonly account: AccountId;
}

const version = Uint8Array.of(1);

/** What the new device is bound to before it sees the answer. */
export function pairingCommitment({ publicKey, nonce }: PairingShare): Promise<Bytes> {
  return sha256(concat(utf8('nescio/v1/pairing-commit\0'), publicKey, nonce));
}

/** Where the server changed any of it, the digits of the two devices differ. */
export class PairingTranscript {
  readonly exchange: PairingExchange;
  readonly digits: string;
  readonly #hash: Bytes;

  private constructor(exchange: PairingExchange, hash: Bytes, digits: string) {
    this.exchange = exchange;
    this.#hash = hash;
    this.digits = digits;
  }

  static async of(exchange: PairingExchange): Promise<PairingTranscript> {
    const { pairing, commitment, answer, revealed, account } = exchange;
    const parts = [
      version,
      idBytes(pairing),
      commitment,
      answer.publicKey,
      answer.nonce,
      revealed.publicKey,
      revealed.nonce,
      idBytes(account),
    ];
    const encoded = parts.flatMap((part) => [u32(part.length), part]);
    const hash = await sha256(concat(utf8('nescio/v1/pairing-transcript'), ...encoded));
    const derived = await deriveBytes(await importDerivationKey(hash), 'pairing/digits');
    const number = new DataView(derived.buffer).getBigUint64(0) % 1_000_000n;
    return new PairingTranscript(exchange, hash, number.toString().padStart(6, '0'));
  }

  /** SHA-256 of the whole exchange. */
  hash(): Bytes {
    return this.#hash.slice();
  }

  /** Whether what was revealed is what was committed to. The signed-in device goes on only then. */
  async keepsItsCommitment(): Promise<boolean> {
    return constantTimeEqual(await pairingCommitment(this.exchange.revealed), this.exchange.commitment);
  }

  /** Returns undefined for what is not six digits, which is no try: let the person correct it. */
  hasDigits(typed: string): boolean | undefined {
    const bare = typed.replace(/[- ]/g, '');
    return /^[0-9]{6}$/.test(bare) ? constantTimeEqual(utf8(bare), utf8(this.digits)) : undefined;
  }
}
