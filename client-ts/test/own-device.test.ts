import { beforeEach, expect, test } from 'vitest';
import { toBase64Url } from '../src/base64url.js';
import { SessionId } from '../src/ids.js';
import type { Account } from '../src/sign-in/account.js';
import { type DeviceMemory, Nescio } from '../src/sign-in/nescio.js';
import { type Json, standInAccount } from './stand-in/stand-in-account.js';
import { StandInServer, problem } from './stand-in/stand-in-server.js';
import { patterned } from './support.js';

let server: StandInServer;
let memory: DeviceMemory;

beforeEach(async () => {
  server = new StandInServer(await standInAccount());
  memory = new Map();
});

function signIn(remembered = memory): Promise<Account> {
  const device = { name: 'laptop', kind: 'test' };
  const nescio = new Nescio('http://localhost', device, remembered, server.surroundings);
  return nescio.signInWithRecoveryKey(server.account.recoveryKey);
}

function onSessions(lie: (answer: Json) => Json): void {
  server.lie = (path, answer) => (path === '/v1/sessions' ? lie(answer) : answer);
}

test('a device puts itself on the list, and takes itself off before its session ends', async () => {
  const [first, second] = [await signIn(), await signIn(new Map())];
  expect([first.deviceList, second.deviceList]).toEqual(['announced', 'announced']);
  expect(server.devices?.['counter']).toBe(2);
  await second.signOut();
  expect(server.devices?.['counter']).toBe(3);
  expect(server.asked.slice(-2)).toEqual(['/v1/devices', '/v1/session']);
});

test.each([
  { name: '', kind: 'test' },
  { name: 'x'.repeat(65), kind: 'test' },
  { name: '\ud800', kind: 'test' },
  { name: 'laptop', kind: '' },
  { name: 'laptop', kind: 'x'.repeat(33) },
])('what would spoil the list for all devices is refused: %j', (device) => {
  expect(() => new Nescio('http://localhost', device)).toThrow(RangeError);
});

test('the longest name and kind are taken by the list', async () => {
  const device = { name: '😀'.repeat(64), kind: 'x'.repeat(32) };
  const nescio = new Nescio('http://localhost', device, memory, server.surroundings);
  expect((await nescio.signInWithRecoveryKey(server.account.recoveryKey)).deviceList).toBe('announced');
  expect((await signIn()).deviceList).toBe('announced');
});

test('where another device was faster, it is tried again', async () => {
  let isFirst = true;
  server.takeOver = async (path) => {
    if (path !== '/v1/devices' || !isFirst) return undefined;
    isFirst = false;
    await signIn(new Map());
    return undefined;
  };
  expect((await signIn()).deviceList).toBe('announced');
  expect(server.devices?.['counter']).toBe(2);
});

test('a list that does not open is told and left as it is, and keeps nobody out', async () => {
  const spoilt = { counter: 7, sealed: toBase64Url(patterned(200)) };
  server.devices = spoilt;
  const account = await signIn();
  expect(account.deviceList).toBe('tampered');
  expect(server.devices).toBe(spoilt);
  expect(await account.chats.list()).toHaveLength(1);
});

test('an older list, and none after there was one, are told', async () => {
  await signIn();
  const before = server.devices;
  await signIn();
  onSessions((answer) => ({ ...answer, devices: before }));
  expect((await signIn()).deviceList).toBe('tampered');
  onSessions((answer) => ({ ...answer, devices: null }));
  expect((await signIn()).deviceList).toBe('tampered');
});

test('a list of sessions that leaves this one out, or names one twice, is told', async () => {
  onSessions((answer) => ({ ...answer, sessions: [{ session: SessionId.generate() }] }));
  expect((await signIn()).deviceList).toBe('tampered');
  onSessions((answer) => ({
    ...answer,
    sessions: [...(answer['sessions'] as Json[]), ...(answer['sessions'] as Json[])],
  }));
  expect((await signIn()).deviceList).toBe('tampered');
});

test('a server that does not give the list keeps nobody out', async () => {
  server.takeOver = (path) => (path === '/v1/sessions' ? problem(503, 'unavailable') : undefined);
  expect((await signIn()).deviceList).toBe('unknown');
});
