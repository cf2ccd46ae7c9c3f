import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { utf8 } from '../src/bytes.js';
import { Api, usualSurroundings } from '../src/network/api.js';
import { Answer } from '../src/network/answer.js';
import { Refused, Unreachable } from '../src/network/errors.js';
import { Rejected } from '../src/rejected.js';
import { problem } from './stand-in/stand-in-server.js';
import { rejectionOf } from './support.js';

const get = { method: 'GET' } as const;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** An API whose server answers so, one answer for each request. */
function apiOf(...answers: (() => Response | Promise<Response>)[]): {
  readonly api: Api;
  readonly asked: RequestInit[];
} {
  const asked: RequestInit[] = [];
  const api = new Api('http://localhost', {
    fetch: async (_, init) => {
      asked.push(init);
      const next = answers.shift();
      if (next === undefined) throw new Error('asked too often');
      return next();
    },
    pause: () => Promise.resolve(),
    now: () => 0,
  });
  return { api, asked };
}

/** Goes on for ever, and counts what was taken of it. */
function endless(status: number, taken: { bytes: number }): Response {
  const piece = new Uint8Array(64 * 1024).fill(0x20);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.bytes += piece.length;
      controller.enqueue(piece);
    },
  });
  return new Response(body, { status });
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

test.each([
  ['nothing', ''],
  ['text', 'hello'],
  ['half of it', '{"a":'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a member twice', '{"a":1,"a":1}'],
  ['a number that is no integer', '{"a":[1.0]}'],
  ['a negative number', '{"a":-1}'],
  ['a number that is too large', '{"a":9007199254740992}'],
  ['an unpaired surrogate', '{"a":"\\ud800"}'],
  ['deep nesting', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
  ['text after the end', '{} {}'],
])('an answer that is %s is rejected', async (_, body) => {
  const { api } = apiOf(() => new Response(body));
  expect(await rejectionOf(() => api.ask('/', get))).toBe('malformed');
});

test('an answer that is not UTF-8, and one that has no body, are rejected', async () => {
  const { api } = apiOf(
    () => new Response(new Uint8Array([0x7b, 0xff, 0x7d])),
    () => new Response(null, { status: 204 }),
  );
  expect(await rejectionOf(() => api.ask('/', get))).toBe('malformed');
  expect(await rejectionOf(() => api.ask('/', get))).toBe('malformed');
});

test('whatever is answered is an answer or rejected', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (body) => {
      try {
        Answer.parse(utf8(body));
      } catch (error) {
        expect(error).toBeInstanceOf(Rejected);
      }
    }),
  );
});

test('a member that is not as asked for is rejected', async () => {
  const answer = Answer.parse(utf8('{"text":"Ä","number":0,"flag":1,"bytes":"AAAA","list":[1],"object":[],"no":null}'));
  const readings: (() => unknown)[] = [
    () => answer.text('number'),
    () => answer.text('missing'),
    () => answer.number('text'),
    () => answer.number('number', 1),
    () => answer.flag('flag'),
    () => answer.bytes('text'),
    () => answer.bytes('bytes', 4),
    () =>
      answer
        .list('object')
        .map((element) => element.text('a'))
        .concat(answer.list('text').map(String)),
    () => answer.list('list'),
    () => answer.object('object'),
    () => answer.object('no'),
    () => answer.sealed('bytes'),
    () => answer.wrappedKey('bytes'),
  ];
  for (const reading of readings) expect(await rejectionOf(reading)).toBe('malformed');
  expect(answer.optional('no', (from, name) => from.text(name))).toBeUndefined();
  expect(answer.number('number')).toBe(0);
});

test('an answer without end is given up as soon as it is longer than it may be', async () => {
  const taken = { bytes: 0 };
  const { api } = apiOf(() => endless(200, taken));
  expect(await rejectionOf(() => api.ask('/', { ...get, longest: 256 * 1024 }))).toBe('malformed');
  expect(taken.bytes).toBeLessThan(512 * 1024);
});

test('an answer as long as it may be is read', async () => {
  const { api } = apiOf(
    () => new Response('{"a":1}'),
    () => new Response('{"a":1} '),
  );
  expect((await api.ask('/', { ...get, longest: 7 })).number('a')).toBe(1);
  expect(await rejectionOf(() => api.ask('/', { ...get, longest: 7 }))).toBe('malformed');
});

test('an answer in as many pieces as it has bytes is read', async () => {
  const text = `{"a":"${'x'.repeat(200_000)}"}`;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === text.length) controller.close();
      else controller.enqueue(utf8(text.charAt(sent++)));
    },
  });
  const { api } = apiOf(() => new Response(body));
  expect((await api.ask('/', get)).text('a')).toHaveLength(200_000);
});

test('a refusal without end, or that is no problem, is a refusal of no name', async () => {
  const taken = { bytes: 0 };
  const { api } = apiOf(
    () => endless(400, taken),
    () => new Response('<html>', { status: 502 }),
    () => problem(400, 'Evil\u001b[2J'),
  );
  for (let request = 0; request < 3; request++) {
    await expect(api.ask('/', get)).rejects.toMatchObject({ name: 'Refused', problem: 'unknown' });
  }
  expect(taken.bytes).toBeLessThan(512 * 1024);
});

test('a problem is an error that says its name and how long to wait', async () => {
  const { api } = apiOf(() => problem(429, 'too-many-requests', { 'Retry-After': '17' }));
  await expect(api.ask('/', get)).rejects.toEqual(new Refused('too-many-requests', 17));
});

test.each([
  ['that never comes', () => never<Response>()],
  ['whose body never ends', () => new Response(new ReadableStream({ pull: () => never<undefined>() }))],
])('an answer %s is not waited for', async (_, answer) => {
  const { api, asked } = apiOf(answer);
  const expected = expect(api.ask('/', get)).rejects.toBeInstanceOf(Unreachable);
  await vi.advanceTimersByTimeAsync(60_000);
  await expected;
  expect(asked[0]?.signal?.aborted).toBe(true);
});

test('a broken connection is tried again only where that does no harm', async () => {
  const broken = (): Promise<Response> => Promise.reject(new TypeError('broken'));
  const again = apiOf(broken, broken, () => new Response('{"a":1}'));
  expect((await again.api.ask('/', { ...get, repeatedly: true })).number('a')).toBe(1);
  const thrice = apiOf(broken, broken, broken);
  await expect(thrice.api.ask('/', { ...get, repeatedly: true })).rejects.toBeInstanceOf(Unreachable);
  const once = apiOf(broken);
  await expect(once.api.ask('/', get)).rejects.toBeInstanceOf(Unreachable);
  expect(once.asked).toHaveLength(1);
});

test('the clock goes on while the device sleeps, and nobody sets it back', () => {
  const { now } = usualSurroundings;
  const began = now();
  vi.setSystemTime(Date.now() + 600_000);
  expect(now() - began).toBe(600_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(now() - began).toBe(600_000);
  vi.advanceTimersByTime(1000);
  expect(now() - began).toBe(601_000);
});

test.each([
  'http://nescio.example.org',
  'http://127.0.0.1.example.org',
  'ftp://localhost',
  'data:application/json,{}',
  'https://ada:secret@nescio.example.org',
  'nescio.example.org',
  '',
])('nothing is sent to %s: whoever is on the way would read the token', (server) => {
  expect(() => new Api(server)).toThrow(RangeError);
});

test.each(['https://nescio.example.org', 'http://localhost:8300', 'http://127.0.0.1', 'http://[::1]:8300/'])(
  '%s is a server',
  (server) => {
    expect(new Api(server).server.href).toContain(server);
  },
);

test('no cookie is sent or kept, and no redirect followed', async () => {
  const { api, asked } = apiOf(() => new Response(null, { status: 204 }));
  await api.tell('/', { method: 'POST', body: {}, token: 'abc' });
  expect(asked[0]).toMatchObject({
    redirect: 'error',
    credentials: 'omit',
    headers: { Authorization: 'Bearer abc', 'Content-Type': 'application/json' },
  });
});
