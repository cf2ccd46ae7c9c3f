import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { type Bytes, concat, decodeUtf8, generateBytes, readU64, u64, utf8 } from '../bytes.js';
import type { PairingCode } from '../credentials/pairing-code.js';
import { idBytes } from '../ids.js';
import { Rejected } from '../rejected.js';
import { SealingKey } from '../sealing/sealing-key.js';
import { MasterKey } from './master-key.js';
import { type PairingShare, PairingTranscript } from './pairing-transcript.js';

/** What a new device learns beside the master key: enough to notice an older slot directory (spec 3.10). */
export interface GrantedState {
  readonly directoryCounter: number;
  /** SHA-256 of the directory's envelope. */
  readonly directoryHash: Bytes;
  /** As the other device says: the person has to confirm the account before anything of it is kept (spec 3.10). */
  readonly address: string;
}

const keyLength = 32;
const encapsulatedLength = 32;
const tagLength = 16;
const mostAddress = 254;
const grantLength = 1 + keyLength + 8 + 32 + 1 + mostAddress;
const addressAt = grantLength - mostAddress;
const sealedLength = encapsulatedLength + grantLength + tagLength;

function suite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

function infoOf(transcript: PairingTranscript): Bytes {
  return concat(utf8('nescio/v1/pairing\0'), transcript.hash());
}

/** A device's own X25519 key and nonce for one pairing, drawn anew each time and never stored. */
export class PairingKey {
  #key: CryptoKey | undefined;
  readonly share: PairingShare;

  private constructor(key: CryptoKey, share: PairingShare) {
    this.#key = key;
    this.share = share;
  }

  static async generate(): Promise<PairingKey> {
    const { kem } = suite();
    const { privateKey, publicKey } = await kem.generateKeyPair();
    return new PairingKey(privateKey, {
      publicKey: new Uint8Array(await kem.serializePublicKey(publicKey)),
      nonce: generateBytes(32),
    });
  }

  /** For test vectors alone: a key that two pairings share binds neither. */
  static async insecureImport(privateKey: Bytes, share: PairingShare): Promise<PairingKey> {
    return new PairingKey(await suite().kem.importKey('raw', privateKey.buffer, false), share);
  }

  /**
   * Opens what the signed-in device sealed. Whoever does not know the code cannot have made it, the server included.
   * Throws {@link Rejected}.
   */
  async openGrant(
    sealed: Bytes,
    code: PairingCode,
    transcript: PairingTranscript,
  ): Promise<{ readonly masterKey: MasterKey; readonly state: GrantedState }> {
    if (this.#key === undefined) throw new Error('this key was closed');
    if (sealed.length !== sealedLength) throw new Rejected('malformed');
    const psk = await code.derivePsk();
    let grant: Bytes;
    try {
      const recipient = await suite().createRecipientContext({
        recipientKey: this.#key,
        enc: sealed.slice(0, encapsulatedLength).buffer,
        info: infoOf(transcript).buffer,
        psk: { id: idBytes(await code.id()).buffer, key: psk.buffer },
      });
      grant = new Uint8Array(await recipient.open(sealed.slice(encapsulatedLength).buffer));
    } catch {
      throw new Rejected('damaged');
    } finally {
      psk.fill(0);
    }
    try {
      return { state: decodeState(grant), masterKey: await masterKeyIn(grant, transcript) };
    } finally {
      grant.fill(0);
    }
  }

  /** WebCrypto cannot be told to zero a key; this lets go of it. */
  close(): void {
    this.#key = undefined;
  }
}

async function masterKeyIn(grant: Bytes, transcript: PairingTranscript): Promise<MasterKey> {
  const bytes = grant.slice(1, 1 + keyLength);
  try {
    return new MasterKey(transcript.exchange.account, await SealingKey.import(bytes));
  } finally {
    bytes.fill(0);
  }
}

function decodeState(grant: Bytes): GrantedState {
  if (grant[0] !== 1) throw new Rejected('unsupported-version');
  const directoryCounter = readU64(grant, 1 + keyLength);
  const length = grant[addressAt - 1] ?? 0;
  if (directoryCounter === undefined || directoryCounter < 1 || length < 1 || length > mostAddress) {
    throw new Rejected('malformed');
  }
  const address = decodeUtf8(grant.slice(addressAt, addressAt + length));
  if (address === undefined || grant.slice(addressAt + length).some((byte) => byte !== 0)) {
    throw new Rejected('malformed');
  }
  return { directoryCounter, directoryHash: grant.slice(1 + keyLength + 8, addressAt - 1), address };
}

/**
 * Seals the grant to the new device of the transcript. Call it only after the person has typed that device's digits
 * (spec 3.10). The caller zeroes the master key. Throws {@link Rejected} where the device's public key is none.
 */
export async function sealGrant(
  masterKey: Bytes,
  state: GrantedState,
  code: PairingCode,
  transcript: PairingTranscript,
): Promise<Bytes> {
  const address = utf8(state.address);
  if (masterKey.length !== keyLength) throw new RangeError('a key is 32 bytes');
  if (address.length < 1 || address.length > mostAddress) throw new RangeError('an address is 1 to 254 bytes');
  const grant = concat(
    Uint8Array.of(1),
    masterKey,
    u64(state.directoryCounter),
    state.directoryHash,
    Uint8Array.of(address.length),
    address,
    new Uint8Array(mostAddress - address.length),
  );
  const psk = await code.derivePsk();
  try {
    const hpke = suite();
    const sender = await hpke.createSenderContext({
      recipientPublicKey: await hpke.kem.deserializePublicKey(transcript.exchange.revealed.publicKey.buffer),
      info: infoOf(transcript).buffer,
      psk: { id: idBytes(await code.id()).buffer, key: psk.buffer },
    });
    const ciphertext = await sender.seal(grant.buffer);
    return concat(new Uint8Array(sender.enc), new Uint8Array(ciphertext));
  } catch {
    throw new Rejected('malformed');
  } finally {
    psk.fill(0);
    grant.fill(0);
  }
}
