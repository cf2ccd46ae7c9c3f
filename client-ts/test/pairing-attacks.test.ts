import { beforeEach, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '../src/base64url.js';
import { generateBytes, sha256, utf8 } from '../src/bytes.js';
import { AccountId, PairingId } from '../src/ids.js';
import { PairingKey, sealGrant } from '../src/keys/pairing-grant.js';
import {
  type PairingExchange,
  type PairingShare,
  PairingTranscript,
  pairingCommitment,
} from '../src/keys/pairing-transcript.js';
import { Answer } from '../src/network/answer.js';
import { Unreachable } from '../src/network/errors.js';
import type { PairingRequest } from '../src/pairing/pairing-request.js';
import { sentShare, shareIn } from '../src/pairing/share.js';
import type { RejectionReason } from '../src/rejected.js';
import { PairingWorld, codeOf } from './stand-in/pairing-world.js';
import type { Json } from './stand-in/stand-in-account.js';
import { patterned, rejectionOf } from './support.js';

// H16: the server, which passes on what the two devices of a pairing tell each other, relays, swaps and invents.

let world: PairingWorld;

beforeEach(async () => {
  world = await PairingWorld.start();
});

test('nothing is handed over when the server changes what the new device is told', async () => {
  for (const change of [
    { share: { publicKey: toBase64Url(patterned(32)) } },
    { share: { nonce: toBase64Url(patterned(32)) } },
    { account: AccountId.generate() },
  ]) {
    const request = await world.phone.pair();
    world.server.lie = (path, answer) => (path === '/v1/pairings/poll' ? changed(answer, 'answered', change) : answer);
    const { digits, approval } = await world.shown(request);
    expect(approval.checkDigits(digits)).toBe('wrong');
  }
  expect(world.wasHandedOver).toBe(false);
});

/** Puts values in place of those of a member, if it is there. */
function changed(answer: Json, member: string, change: Json): Json {
  const value = answer[member] as Json | undefined;
  if (value === undefined) return answer;
  const share = { ...(value['share'] as Json), ...(change['share'] as Json | undefined) };
  return { ...answer, [member]: { ...value, ...change, ...('share' in value && { share }) } };
}

async function isRefusedFor(request: PairingRequest): Promise<void> {
  const pending = request.digits();
  expect(await rejectionOf(() => world.laptop.answer(codeOf(request)))).toBe('mismatch');
  await request.cancel();
  await pending;
  expect(world.wasHandedOver).toBe(false);
}

test('a reveal that is not what was committed to is refused', async () => {
  for (const lie of [
    (answer: Json) => changed(answer, 'revealed', { publicKey: toBase64Url(patterned(32)) }),
    (answer: Json) => changed(answer, 'revealed', { nonce: toBase64Url(patterned(32)) }),
    (answer: Json) => ({ ...answer, commitment: toBase64Url(patterned(32)) }),
  ]) {
    world.server.lie = (path, answer) => (path === '/v1/pairings/look' ? lie(answer) : answer);
    await isRefusedFor(await world.phone.pair());
  }
});

test('the reveal of another pairing, replayed, is refused', async () => {
  const earlier: Json[] = [];
  world.server.lie = (path, answer) => {
    if (path === '/v1/pairings/look' && 'revealed' in answer) earlier.push(answer);
    return answer;
  };
  const first = await world.phone.pair();
  await world.shown(first);
  world.server.lie = (path, answer) =>
    path === '/v1/pairings/look' && 'revealed' in answer ? { ...answer, revealed: earlier[0]?.['revealed'] } : answer;
  await isRefusedFor(await world.phone.pair());
});

async function looked(share: PairingShare): Promise<Json> {
  return { commitment: toBase64Url(await pairingCommitment(share)), revealed: sentShare(share) };
}

// Whoever may commit after seeing the other's nonce can try keys until the digits fit.
test('a commitment that is made after the answer is refused', async () => {
  const late = await looked((await PairingKey.generate()).share);
  world.server.lie = (path, answer) => (path === '/v1/pairings/look' && 'revealed' in answer ? late : answer);
  await isRefusedFor(await world.phone.pair());
});

test("the server's own key in place of the new device's gives other digits", async () => {
  const ours = await looked((await PairingKey.generate()).share);
  world.server.lie = (path, answer) => {
    if (path !== '/v1/pairings/look') return answer;
    return 'revealed' in answer ? ours : { commitment: ours['commitment'] };
  };
  const { digits, approval } = await world.shown(await world.phone.pair());
  expect(approval.checkDigits(digits)).toBe('wrong');
  expect(world.wasHandedOver).toBe(false);
});

// Whoever answers after the reveal can try nonces until the digits are those of another device.
test('an answer that comes after the reveal is not taken, though the digits are asked for again', async () => {
  const request = await world.phone.pair();
  const approving = world.answered(request);
  let wasRevealed = false;
  world.server.takeOver = (path) => {
    if (path !== '/v1/pairings/reveal') return undefined;
    wasRevealed = true;
    return Promise.reject(new TypeError('broken'));
  };
  await expect(request.digits()).rejects.toBeInstanceOf(Unreachable);
  expect(wasRevealed).toBe(true);
  world.server.takeOver = () => undefined;
  world.server.lie = (path, answer) =>
    path === '/v1/pairings/poll'
      ? changed(answer, 'answered', { share: { nonce: toBase64Url(patterned(32)) } })
      : answer;
  const digits = await request.digits();
  expect((await approving).checkDigits(digits ?? '')).toMatchObject({ handOver: expect.any(Function) as unknown });
});

test('that the server says it was approved makes no grant', async () => {
  const request = await world.phone.pair();
  await world.shown(request);
  world.server.lie = (path, answer) => (path === '/v1/pairings/poll' ? { ...answer, approved: true } : answer);
  expect(await request.result()).toBeUndefined();
});

test('a grant that was replayed, invented, or sealed for another transcript is rejected', async () => {
  const grants: unknown[] = [];
  world.server.lie = (path, answer) => {
    if (path === '/v1/pairings/collect') grants.push(answer['sealed']);
    return answer;
  };
  const first = await world.phone.pair();
  await world.approved(first);
  await first.result();
  const served: readonly [unknown, RejectionReason][] = [
    [grants[0], 'damaged'],
    [toBase64Url(generateBytes(376)), 'damaged'],
    [toBase64Url(generateBytes(375)), 'malformed'],
  ];
  for (const [sealed, reason] of served) {
    const request = await world.phone.pair();
    await world.approved(request);
    await collectsNothing(request, { sealed }, reason);
  }
});

async function collectsNothing(request: PairingRequest, change: Json, reason: RejectionReason): Promise<void> {
  world.server.lie = (path, answer) => (path === '/v1/pairings/collect' ? { ...answer, ...change } : answer);
  expect(await rejectionOf(() => request.result())).toBe(reason);
  world.server.lie = (_, answer) => answer;
  // Nothing more is sent after a failed check, and nothing is kept.
  expect(world.server.asked.at(-1)).toBe('/v1/pairings/collect');
  expect(world.remembered.size).toBe(0);
}

/** What the server is told from now on, by the paths. */
function overhear(): Json {
  const told: Json = {};
  world.server.takeOver = (path, body) => {
    Object.assign(told, { [path]: body });
    return undefined;
  };
  return told;
}

async function exchangeIn(told: Json): Promise<PairingExchange> {
  const share = (step: string): PairingShare =>
    shareIn(Answer.parse(utf8(JSON.stringify(told[`/v1/pairings/${step}`]))), 'share');
  return {
    pairing: PairingId.parse((told['/v1/pairings/start'] as Json)['pairing']),
    commitment: await pairingCommitment(share('reveal')),
    answer: share('answer'),
    revealed: share('reveal'),
    account: world.server.account.id,
  };
}

// The psk is right, as it would be for a server that has seen the code.
test('a grant of the right code for another transcript is rejected', async () => {
  const told = overhear();
  const request = await world.phone.pair();
  await world.approved(request);
  const exchange = await exchangeIn(told);
  const other = await PairingTranscript.of({ ...exchange, answer: exchange.revealed });
  const state = { directoryCounter: 1, directoryHash: patterned(32), address: 'ada@example.org' };
  const sealed = await sealGrant(patterned(32), state, codeOf(request), other);
  await collectsNothing(request, { sealed: toBase64Url(sealed) }, 'damaged');
});

test('an account whose profile has another address than the grant is rejected', async () => {
  const told = overhear();
  const request = await world.phone.pair();
  await world.approved(request);
  const { sealed } = world.server.account.served['directory'] as Json;
  const state = {
    directoryCounter: 1,
    directoryHash: await sha256(fromBase64Url(String(sealed)) ?? new Uint8Array()),
    address: 'eve@example.org',
  };
  const proof = await world.laptop.prove(world.server.account.recoveryKey);
  const grant = await proof.grantMasterKey(state, codeOf(request), await PairingTranscript.of(await exchangeIn(told)));
  await collectsNothing(request, { sealed: toBase64Url(grant) }, 'mismatch');
});

test('another account, and an older directory than the other device has seen, are rejected', async () => {
  const before = { ...world.server.account.served };
  await world.laptop.passkeys.rename(world.server.account.passkey, 'Old laptop');
  const request = await world.phone.pair();
  await world.approved(request);
  await collectsNothing(request, { account: before }, 'rollback');
  const other = await world.phone.pair();
  await world.approved(other);
  await collectsNothing(
    other,
    { account: { ...world.server.account.served, account: AccountId.generate() } },
    'mismatch',
  );
});
