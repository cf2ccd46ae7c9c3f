import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeOriginNote } from '../src/account/origin-note.js';
import { type Bytes, concat, utf8 } from '../src/bytes.js';
import { AccountId, SlotId } from '../src/ids.js';
import type { MasterKey } from '../src/keys/master-key.js';
import { WrappingKey } from '../src/keys/wrapping-key.js';
import { Rejected } from '../src/rejected.js';
import { associatedData } from '../src/sealing/associated-data.js';
import { bytesOf, importKey, patterned, rejectionOf } from './support.js';

/** Another one each time. */
async function masterKeyOf(account: AccountId): Promise<MasterKey> {
  const wrappingKey = new WrappingKey(await importKey(patterned(32, 5)));
  return (await wrappingKey.generateMasterKey(account, SlotId.generate())).masterKey;
}

/** As any server can. */
async function sealed(publicKey: Bytes, account: AccountId, number: number, note: Bytes): Promise<Bytes> {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(publicKey.slice().buffer),
    info: utf8('nescio/v1/to-account\0').buffer,
  });
  const place = associatedData({ purpose: 'log-note', account, field: 'origin', version: number });
  return concat(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(note.buffer, place.buffer)));
}

// H3
test('a public key that the server has put in place of the account’s is refused, and so is another private half', async () => {
  const account = AccountId.generate();
  const masterKey = await masterKeyOf(account);
  const { pair, wrapped } = await masterKey.generateKeyPair();
  expect((await masterKey.openKeyPair(pair.publicKey, wrapped)).publicKey).toEqual(pair.publicKey);
  const another = await masterKey.generateKeyPair();
  for (const served of [another.pair.publicKey, new Uint8Array(32), new Uint8Array()]) {
    expect(await rejectionOf(() => masterKey.openKeyPair(served, wrapped))).toBe('public-key-replaced');
  }
  const older = await (await masterKeyOf(account)).generateKeyPair();
  expect(await rejectionOf(() => masterKey.openKeyPair(older.pair.publicKey, older.wrapped))).toBe('wrong-key');
  const { wrapped: domainKey } = await masterKey.generateDomainKey('chats');
  expect(await rejectionOf(() => masterKey.openKeyPair(pair.publicKey, domainKey))).toBe('damaged');
});

// H4
test('a note opens at its entry of its account alone', async () => {
  const account = AccountId.generate();
  const { pair } = await (await masterKeyOf(account)).generateKeyPair();
  const note = Uint8Array.of(1, 3, 203, 0, 113, 0, 0, 0);
  const said = await sealed(pair.publicKey, account, 7, note);
  expect(await pair.openOriginNote(7, said)).toEqual({ saidByServer: '203.0.113.0/24' });
  expect(await rejectionOf(() => pair.openOriginNote(8, said))).toBe('damaged');
  const ofAnother = await sealed(pair.publicKey, AccountId.generate(), 7, note);
  expect(await rejectionOf(() => pair.openOriginNote(7, ofAnother))).toBe('damaged');
  pair.close();
  await expect(pair.openOriginNote(7, said)).rejects.toThrow('closed');
});

test('whatever a note holds, it is read as the one thing that it says, or rejected', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10 }), fc.constantFrom(0, 3, 6), (bytes, length) => {
      for (const note of [bytesOf(bytes), Uint8Array.of(1, length, ...bytes.slice(0, 6))]) {
        try {
          const { saidByServer } = decodeOriginNote(note);
          expect(saidByServer).toMatch(/^(unknown|[0-9.]{7,11}\.0\/24|[0-9a-f:]{5,14}::\/48)$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Rejected);
        }
      }
    }),
  );
});
