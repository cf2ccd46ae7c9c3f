import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../src/bytes.js';
import { PairingCode } from '../src/credentials/pairing-code.js';
import { AccountId, SlotId } from '../src/ids.js';
import { PairingKey, sealGrant } from '../src/keys/pairing-grant.js';
import { type PairingExchange, PairingTranscript, pairingCommitment } from '../src/keys/pairing-transcript.js';
import { WrappingKey } from '../src/keys/wrapping-key.js';
import { importKey, patterned, rejectionOf } from './support.js';

const state = { directoryCounter: 7, directoryHash: patterned(32, 3), address: 'ada@example.org' };

async function pairing() {
  const code = PairingCode.generate();
  const key = await PairingKey.generate();
  const exchange: PairingExchange = {
    pairing: await code.id(),
    commitment: await pairingCommitment(key.share),
    answer: (await PairingKey.generate()).share,
    revealed: key.share,
    account: AccountId.generate(),
  };
  return { code, key, exchange, transcript: await PairingTranscript.of(exchange) };
}

test('the new device opens the master key that a credential of the other one unwraps', async () => {
  const { code, key, exchange, transcript } = await pairing();
  const slot = SlotId.generate();
  const wrappingKey = new WrappingKey(await importKey(patterned(32, 9)));
  const { masterKey, wrapped } = await wrappingKey.generateMasterKey(exchange.account, slot);
  const sealed = await wrappingKey.grantMasterKey(slot, wrapped, state, code, transcript);
  const opened = await key.openGrant(sealed, code, transcript);
  expect(opened.state).toEqual(state);
  const { wrapped: domainKey } = await masterKey.generateDomainKey('chats');
  await opened.masterKey.unwrapDomainKey('chats', domainKey);
});

// H16
test('whatever the server exchanges changes the transcript and opens nothing', async () => {
  const { code, key, exchange, transcript } = await pairing();
  const sealed = await sealGrant(patterned(32, 1), state, code, transcript);
  const other = (await PairingKey.generate()).share;
  const { answer, revealed } = exchange;
  const changed: PairingExchange[] = [
    { ...exchange, pairing: await PairingCode.generate().id() },
    { ...exchange, commitment: patterned(32, 4) },
    { ...exchange, answer: { ...answer, publicKey: other.publicKey } },
    { ...exchange, answer: { ...answer, nonce: other.nonce } },
    { ...exchange, revealed: { ...revealed, publicKey: other.publicKey } },
    { ...exchange, revealed: { ...revealed, nonce: other.nonce } },
    { ...exchange, account: AccountId.generate() },
  ];
  const hashes = new Set([toHex(transcript.hash())]);
  for (const exchanged of changed) {
    const served = await PairingTranscript.of(exchanged);
    hashes.add(toHex(served.hash()));
    expect(await rejectionOf(() => key.openGrant(sealed, code, served))).toBe('damaged');
    expect(await served.keepsItsCommitment()).toBe(
      exchanged.revealed === revealed && exchanged.commitment === exchange.commitment,
    );
  }
  expect(hashes.size).toBe(changed.length + 1);
});

// H16
test('a grant of the server, which knows all but the code, is rejected', async () => {
  const { key, code, transcript } = await pairing();
  const forged = await sealGrant(patterned(32, 1), state, PairingCode.generate(), transcript);
  expect(await rejectionOf(() => key.openGrant(forged, code, transcript))).toBe('damaged');
});

test('another device opens nothing', async () => {
  const { code, transcript } = await pairing();
  const sealed = await sealGrant(patterned(32, 1), state, code, transcript);
  const other = await PairingKey.generate();
  expect(await rejectionOf(() => other.openGrant(sealed, code, transcript))).toBe('damaged');
});

test('nothing is sealed to a public key of small order', async () => {
  const { code, exchange } = await pairing();
  const transcript = await PairingTranscript.of({
    ...exchange,
    revealed: { ...exchange.revealed, publicKey: new Uint8Array(32) },
  });
  expect(await rejectionOf(() => sealGrant(patterned(32, 1), state, code, transcript))).toBe('malformed');
});

test('digits are compared as they are shown, and what is no six digits is no try', async () => {
  const { transcript } = await pairing();
  const { digits } = transcript;
  expect(transcript.hasDigits(`${digits.slice(0, 3)} ${digits.slice(3)}`)).toBe(true);
  const wrong = String((Number(digits) + 1) % 1_000_000).padStart(6, '0');
  expect(transcript.hasDigits(wrong)).toBe(false);
  for (const typed of ['', '12345', '1234567', '12345a', '١٢٣٤٥٦']) expect(transcript.hasDigits(typed)).toBeUndefined();
});

test('a code is read as it is shown', () => {
  fc.assert(
    fc.property(fc.boolean(), (lower) => {
      const code = PairingCode.generate();
      const typed = lower ? code.reveal().toLowerCase() : code.reveal();
      expect(PairingCode.parse(typed)?.reveal()).toBe(code.reveal());
      expect(PairingCode.parse(code.revealForQr())?.reveal()).toBe(code.reveal());
    }),
  );
});

test('whatever is scanned is a code with one meaning or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, prefixed) => {
      const code = PairingCode.parse(prefixed ? `nescio-pair:${text}` : text);
      if (code !== undefined) expect(PairingCode.parse(code.reveal())?.revealForQr()).toBe(code.revealForQr());
    }),
  );
});

test('nothing that holds a secret shows it, and a closed key opens nothing', async () => {
  const { code, key, transcript } = await pairing();
  for (const secret of [code, key]) {
    expect(JSON.stringify(secret)).not.toContain(code.reveal());
    expect(JSON.stringify(secret)).not.toContain(toHex(await code.derivePsk()));
  }
  const sealed = await sealGrant(patterned(32, 1), state, code, transcript);
  key.close();
  await expect(key.openGrant(sealed, code, transcript)).rejects.toThrow('closed');
});
