import { beforeEach, expect, test } from 'vitest';
import type { LogEntry } from '../src/account/log-entry.js';
import { toBase64Url } from '../src/base64url.js';
import { HighWaterMarks } from '../src/containers/high-water-marks.js';
import { AccountId, SessionId } from '../src/ids.js';
import { AccountLog, type LogState } from '../src/log/account-log.js';
import { Api } from '../src/network/api.js';
import { Refused } from '../src/network/errors.js';
import { Session } from '../src/network/session.js';
import type { Account } from '../src/sign-in/account.js';
import { type DeviceMemory, Nescio } from '../src/sign-in/nescio.js';
import { PairingWorld } from './stand-in/pairing-world.js';
import { type Json, standInAccount } from './stand-in/stand-in-account.js';
import { StandInServer, logChain, problem } from './stand-in/stand-in-server.js';
import { patterned } from './support.js';

const account = AccountId.generate();
const own = SessionId.generate();
const hour = 3_600_000;
const day = 24 * hour;
const thisHour = Math.floor(Date.now() / hour) * hour;

/** A chain, one entry for each age in days, of which this session has made the last. */
function chainOf(...ages: number[]): Promise<Json[]> {
  const last = { kind: 'names-changed', session: own };
  return logChain(
    account,
    ages.map((age, index) => ({
      ...(index === ages.length - 1 ? last : { kind: 'passkey-added', session: SessionId.generate() }),
      time: thisHour - age * day,
    })),
  );
}

/** The `after` of each request. */
let asked: number[] = [];

/** A log that a server serves from these entries, as many in a page. */
function logOf(
  served: readonly Json[],
  marks: HighWaterMarks,
  { pageSize = 500, isAfterIgnored = false, most = 200_000 } = {},
): AccountLog {
  const fetch = (url: string): Promise<Response> => {
    const after = Number(new URL(url).searchParams.get('after'));
    asked.push(after);
    const entries = served.filter((entry) => isAfterIgnored || Number(entry['number']) > after);
    return Promise.resolve(Response.json({ entries: entries.slice(0, pageSize), more: entries.length > pageSize }));
  };
  const api = new Api('http://localhost', { fetch, pause: () => Promise.resolve(), now: () => 0 });
  return new AccountLog(new Session(api, own, 'token', 0), account, marks, most);
}

async function stateOf(served: readonly Json[], marks = new HighWaterMarks(), before = 0): Promise<LogState> {
  const log = logOf(served, marks);
  await log.lookFor('names-changed', before);
  return log.state;
}

/** What is remembered of a device that saw all of these. */
async function seen(chain: readonly Json[]): Promise<HighWaterMarks> {
  const marks = new HighWaterMarks();
  await stateOf(chain, marks);
  expect(marks.lastEntry?.counter).toBe(chain.length);
  return marks;
}

test('a log is read page by page, compared from the last entry on, and remembered', async () => {
  const chain = await chainOf(9, 8, 8, 7, 6);
  const marks = new HighWaterMarks();
  const log = logOf(chain, marks, { pageSize: 2 });
  await log.lookFor('names-changed', log.known);
  expect([log.state, log.known]).toEqual(['whole', 5]);
  expect(asked).toEqual([0, 2, 4]);
  const stored = new HighWaterMarks(marks.entries());
  const longer = await logChain(account, [
    ...(chain as unknown as LogEntry[]).map(({ time, kind, session }) => ({ time, kind, ...(session && { session }) })),
    { kind: 'names-changed', session: own, time: thisHour },
  ]);
  expect(await stateOf(longer, stored, stored.lastEntry?.counter)).toBe('whole');
  expect(stored.lastEntry?.counter).toBe(6);
  expect(asked.at(-1)).toBe(4);
  stored.advanceLog({ counter: 5, hash: patterned(32), time: thisHour });
  expect(stored.lastEntry?.counter).toBe(6);
});

test('what this device has done is looked for after what it had seen, of its kind and session', async () => {
  const chain = await chainOf(2, 1);
  const marks = await seen(chain);
  expect(await stateOf(chain, marks, 2)).toBe('omits');
  expect(await stateOf(await chainOf(2, 1), new HighWaterMarks(), 2)).toBe('omits');
  expect(await stateOf([])).toBe('omits');
  const log = logOf(chain, new HighWaterMarks());
  await log.lookFor('passkey-removed', 0);
  expect(log.state).toBe('omits');
  await log.lookFor('paired', 0);
  expect(log.state).toBe('omits');
});

function withEntry(chain: readonly Json[], at: number, change: Json): Json[] {
  return chain.map((entry, index) => (index === at ? { ...entry, ...change } : entry));
}

test('what is no chain is broken, and none of it is remembered', async () => {
  const chain = await chainOf(3, 2, 1);
  const other = toBase64Url(patterned(32));
  for (const served of [
    withEntry(chain, 0, { previous: other }),
    withEntry(await chainOf(0), 0, { previous: other }),
    withEntry(chain, 1, { previous: other }),
    withEntry(chain, 1, { kind: 'passkey-removed' }),
    withEntry(chain, 2, { number: 4 }),
    withEntry(chain, 2, { number: 2 }),
    withEntry(chain, 2, { kind: 'Evil' }),
    await chainOf(2, 3, 1),
  ]) {
    const marks = new HighWaterMarks();
    expect(await stateOf(served, marks)).toBe('broken');
    expect(marks.lastEntry).toBeUndefined();
  }
});

test('a server that does not go on, or does not begin where it was asked to, is not followed', async () => {
  const chain = await chainOf(3, 2, 1);
  const repeating = logOf(chain, new HighWaterMarks(), { pageSize: 1, isAfterIgnored: true });
  await repeating.lookFor('names-changed', 0);
  expect([repeating.state, repeating.known]).toEqual(['broken', 0]);
  const fromTheFirst = logOf(chain, await seen(chain), { isAfterIgnored: true });
  await fromTheFirst.lookFor('names-changed', 3);
  expect(fromTheFirst.state).toBe('broken');
});

test('a log that no person makes is not read to its end, and gone on from there', async () => {
  const chain = await chainOf(5, 4, 3, 2, 1);
  const log = logOf(chain, new HighWaterMarks(), { pageSize: 1, most: 2 });
  await log.lookFor('names-changed', 0);
  expect([log.state, log.known]).toEqual(['too-long', 3]);
});

test('an older log is a rollback, and another one a fork', async () => {
  const chain = await chainOf(3, 2, 1);
  const marks = await seen(chain);
  expect(await stateOf(chain.slice(0, 2), marks, 3)).toBe('rollback');
  expect(await stateOf([], marks, 3)).toBe('rollback');
  expect(await stateOf(await chainOf(3, 2, 1, 0), marks, 3)).toBe('fork');
  expect(marks.lastEntry?.counter).toBe(3);
  expect(await stateOf((await chainOf(460, 420, 0)).slice(1), await seen(await chainOf(450)), 1)).toBe('fork');
});

test('entries that are too young to be gone are missed', async () => {
  const chain = await chainOf(300, 200, 100, 0);
  expect(await stateOf(chain.slice(1))).toBe('cut');
  expect(await stateOf(chain.slice(2), await seen(chain.slice(0, 1)), 1)).toBe('cut');
  expect(await stateOf((await chainOf(450, 410, 100, 0)).slice(1))).toBe('whole');
});

test('where an old entry is gone with those after it, it is told once, and gone on from there', async () => {
  const chain = await chainOf(500, 450, 420, 0);
  const marks = await seen(chain.slice(0, 1));
  expect(await stateOf(chain.slice(2), marks, 1)).toBe('cut');
  expect(marks.lastEntry?.counter).toBe(4);
  expect(await stateOf(chain.slice(2), marks, 3)).toBe('whole');
  // Of what is cut, that which is broken beside is told.
  expect(await stateOf((await chainOf(600, 500, 450, 0)).slice(2), await seen(await chainOf(405)), 1)).toBe('broken');
});

let server: StandInServer;
let memory: DeviceMemory;

beforeEach(async () => {
  asked = [];
  server = new StandInServer(await standInAccount());
  memory = new Map();
});

function signIn(remembered = memory): Promise<Account> {
  const device = { name: 'laptop', kind: 'test' };
  const nescio = new Nescio('http://localhost', device, remembered, server.surroundings);
  return nescio.signInWithRecoveryKey(server.account.recoveryKey);
}

test('a sign-in and each change are found in the log', async () => {
  server.logPage = 2;
  for (const name of ['One', 'Two', 'Three']) {
    const signedIn = await signIn();
    expect(signedIn.log).toBe('whole');
    await signedIn.passkeys.rename(server.account.passkey, name);
    expect(signedIn.log).toBe('whole');
  }
  expect(memory.get(server.account.id)?.lastEntry?.counter).toBe(6);
  expect((await signIn(new Map())).log).toBe('whole');
});

function hideLast(path: string, answer: Json): Json {
  return path === '/v1/account/log' ? { ...answer, entries: (answer['entries'] as Json[]).slice(0, -1) } : answer;
}

test('a sign-in that the log leaves out is told, and keeps nobody out', async () => {
  await signIn(new Map());
  server.lie = hideLast;
  const signedIn = await signIn();
  expect(signedIn.log).toBe('omits');
  expect(await signedIn.chats.list()).toHaveLength(1);
});

test('an earlier sign-in of the same session in place of the one that is left out is told', async () => {
  let session: unknown;
  server.lie = (path, answer) => {
    if (path === '/v1/signin/key') session = answer['session'];
    return answer;
  };
  expect((await signIn()).log).toBe('whole');
  server.lie = (path, answer) => (path === '/v1/signin/key' ? { ...answer, session } : hideLast(path, answer));
  expect((await signIn()).log).toBe('omits');
});

test('a log that is not given is told, and keeps nobody out', async () => {
  for (const answer of [problem(503, 'unavailable'), Response.json({ entries: [], more: true })]) {
    server.takeOver = (path) => (path === '/v1/account/log' ? answer.clone() : undefined);
    expect((await signIn(new Map())).log).toBe(answer.ok ? 'broken' : 'withheld');
  }
});

test('a change is looked for though its answer was lost', async () => {
  const signedIn = await signIn();
  server.lie = hideLast;
  server.withhold = (path) => (path === '/v1/directory' ? Promise.reject(new TypeError('broken')) : undefined);
  await signedIn.passkeys.rename(server.account.passkey, 'Mine');
  expect(signedIn.log).toBe('omits');
});

test('a change is looked for though the server says that it has refused it, once it turns out to be made', async () => {
  const signedIn = await signIn();
  server.lie = hideLast;
  server.withhold = (path) => (path === '/v1/directory' ? problem(403, 'proof-required') : undefined);
  await expect(signedIn.passkeys.rename(server.account.passkey, 'Mine')).rejects.toBeInstanceOf(Refused);
  expect(signedIn.log).toBe('whole');
  expect((await signedIn.passkeys.list()).map(({ name }) => name)).toEqual(['Mine']);
  expect(signedIn.log).toBe('omits');
});

test('a change that was refused is not looked for', async () => {
  const signedIn = await signIn();
  server.takeOver = (path) => (path === '/v1/directory' ? problem(403, 'proof-required') : undefined);
  await expect(signedIn.passkeys.rename(server.account.passkey, 'Mine')).rejects.toBeInstanceOf(Refused);
  await signedIn.passkeys.list();
  expect(signedIn.log).toBe('whole');
  server.takeOver = () => undefined;
  await (await signIn(new Map())).passkeys.rename(server.account.passkey, 'Theirs');
  await signedIn.passkeys.list();
  expect(signedIn.log).toBe('whole');
});

test('a change on which that of another device has followed is looked for', async () => {
  const signedIn = await signIn();
  server.withhold = (path) => (path === '/v1/directory' ? problem(403, 'proof-required') : undefined);
  await expect(signedIn.passkeys.rename(server.account.passkey, 'Mine')).rejects.toBeInstanceOf(Refused);
  server.withhold = () => undefined;
  await (await signIn(new Map())).passkeys.rename(server.account.passkey, 'Theirs');
  server.takeOver = (path) => (path === '/v1/account/log' ? problem(503, 'unavailable') : undefined);
  await signedIn.passkeys.list();
  expect(signedIn.log).toBe('withheld');
});

test('a device that was paired finds that it was let in', async () => {
  const world = await PairingWorld.start();
  const request = await world.phone.pair();
  await world.approved(request);
  const joined = await (await request.result())?.join();
  expect(joined?.log).toBe('whole');
  const next = await world.phone.pair();
  await world.approved(next);
  const offer = await next.result();
  world.server.lie = hideLast;
  expect((await offer?.join())?.log).toBe('omits');
});
