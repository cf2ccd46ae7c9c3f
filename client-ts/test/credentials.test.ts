import { describe, expect, test, vi } from 'vitest';
import { toHex, utf8 } from '../src/bytes.js';
import * as argon2 from '../src/credentials/argon2id.js';
import { type PasswordParameters, creationParameters } from '../src/credentials/argon2-parameters.js';
import { BackupCode } from '../src/credentials/backup-code.js';
import { AccountId, SlotId } from '../src/ids.js';
import { Password } from '../src/keys/password.js';
import { openEnvelope } from '../src/sealing/envelope.js';
import * as oracle from './oracle.js';
import { bytesOf, importKey, patterned, rejectionOf } from './support.js';

vi.mock(import('../src/credentials/argon2id.js'), { spy: true });

const account = AccountId.generate();
const slotId = SlotId.generate();
const salt = patterned(16, 5);
const hashedEmail = patterned(32, 6);
const slot: PasswordParameters = { salt, ...creationParameters };

function password(text: string): Password {
  const parsed = Password.parse(text);
  if (parsed === undefined) throw new Error('this is a password');
  return parsed;
}

test('Argon2id gives the known answers of the reference implementation', async () => {
  const answer = async (memoryKiB: number) =>
    toHex(await argon2.argon2id(utf8('password'), utf8('somesalt'), { memoryKiB, passes: 2, lanes: 1 }));
  expect(await answer(256)).toBe('9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe');
  expect(await answer(65_536)).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
});

test('a password gives the wrapping key and the lookup hash of the spec', async () => {
  const credential = await password('correct horse').deriveCredential(hashedEmail, slot, undefined);
  const argonSalt = bytesOf(oracle.derive(hashedEmail, 'password/argon2-salt', salt));
  const root = await argon2.argon2id(utf8('correct horse'), argonSalt, creationParameters);
  const lookupSecret = oracle.derive(root, 'password/lookup-secret');
  expect(credential.lookupHash).toEqual(bytesOf(oracle.sha256(lookupSecret, salt)));
  const { wrapped } = await credential.wrappingKey.generateMasterKey(account, slotId);
  const wrappingKey = await importKey(bytesOf(oracle.derive(root, 'password/wrapping-key')));
  const place = { purpose: 'wrapped-master-key', account, item: slotId, field: 'key', version: 1 };
  expect(await openEnvelope(wrappingKey, place, wrapped)).toHaveLength(32);
});

// H1
describe('a hostile server', () => {
  test.each<[string, Partial<PasswordParameters>]>([
    ['less memory than the floor', { memoryKiB: 65_535 }],
    ['no memory', { memoryKiB: 0 }],
    ['more memory than the ceiling', { memoryKiB: 1_048_577 }],
    ['fewer passes than the floor', { passes: 2 }],
    ['more passes than the ceiling', { passes: 17 }],
    ['no lane', { lanes: 0 }],
    ['two lanes', { lanes: 2 }],
    ['half a pass', { passes: 3.5 }],
    ['no number', { memoryKiB: Number.NaN }],
    ['a text for a number', { memoryKiB: '65536' as unknown as number }],
  ])('that offers %s makes the client compute nothing', async (_, offer) => {
    vi.mocked(argon2.argon2id).mockClear();
    const attempt = () => password('correct horse').deriveCredential(hashedEmail, { ...slot, ...offer }, undefined);
    expect(await rejectionOf(attempt)).toBe('weak-parameters');
    expect(argon2.argon2id).not.toHaveBeenCalled();
  });

  test.each([
    { memoryKiB: 65_537, passes: 3 },
    { memoryKiB: 65_536, passes: 4 },
  ])('that offers less than the pinned %j makes the client compute nothing', async (pinned) => {
    vi.mocked(argon2.argon2id).mockClear();
    const attempt = () => password('correct horse').deriveCredential(hashedEmail, slot, pinned);
    expect(await rejectionOf(attempt)).toBe('weak-parameters');
    expect(argon2.argon2id).not.toHaveBeenCalled();
  });

  test('that hands out a salt of another length is refused', async () => {
    const attempt = () =>
      password('correct horse').deriveCredential(hashedEmail, { ...slot, salt: patterned(15) }, undefined);
    expect(await rejectionOf(attempt)).toBe('malformed');
  });

  test('that hands one salt to two accounts gets two different hashes for one password', async () => {
    vi.mocked(argon2.argon2id).mockClear();
    const pinned = { memoryKiB: 65_536, passes: 3 };
    const one = await password('correct horse').deriveCredential(patterned(32, 7), slot, pinned);
    const other = await password('correct horse').deriveCredential(patterned(32, 8), slot, pinned);
    expect(one.lookupHash).not.toEqual(other.lookupHash);
    // Already the salt of Argon2id differs, so one guess does not serve for both.
    const [first, second] = vi.mocked(argon2.argon2id).mock.calls;
    expect(first?.[1]).not.toEqual(second?.[1]);
  });
});

describe('a password', () => {
  const bytes = async (text: string) => {
    vi.mocked(argon2.argon2id).mockClear();
    let seen: Uint8Array | undefined;
    vi.mocked(argon2.argon2id).mockImplementationOnce((given) => {
      seen = given.slice();
      return Promise.resolve(new Uint8Array(32));
    });
    await password(text).deriveCredential(hashedEmail, slot, undefined);
    return Buffer.from(seen ?? []).toString();
  };

  test.each([
    ['Case and  spaces ', 'Case and  spaces '],
    ['a\u00a0b\u3000c\u2009d', 'a b c d'],
    ['A\u0308', 'Ä'],
    // Not NFKC: a ligature stays.
    ['ﬁ', 'ﬁ'],
    ['\u2028', '\u2028'],
  ])('%j becomes %j', async (input, expected) => {
    expect(await bytes(input)).toBe(expected);
  });

  test.each(['', 'a\u0000b', 'a\tb', 'a\u0085b', '\ud800', 'x'.repeat(1025), 'ä'.repeat(513)])(
    '%j is refused',
    (input) => {
      expect(Password.parse(input)).toBeUndefined();
    },
  );

  test('of 1024 bytes is long enough, and not too long', () => {
    expect(Password.parse('ä'.repeat(512))).toBeInstanceOf(Password);
  });

  test('that is created has ten characters, counted as code points', () => {
    expect(Password.create('𝒳'.repeat(9))).toBeUndefined();
    expect(Password.create('𝒳'.repeat(10))).toBeInstanceOf(Password);
    expect(Password.parse('short')).toBeInstanceOf(Password);
  });
});

describe('a backup code', () => {
  const ofText = (text: string) => BackupCode.parse(text)?.reveal();

  test('has sixteen characters in four groups', () => {
    const code = BackupCode.generate().reveal();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(ofText(code)).toBe(code);
    expect(BackupCode.generate().reveal()).not.toBe(code);
  });

  test('is written with the most significant bits first', async () => {
    // 10 bytes 00 01 … 09 in groups of five bits, worked out by hand.
    const text = '000G-40R4-0M30-E209';
    expect(ofText(text)).toBe(text);
    const expected = oracle.derive(Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 'backup-code', hashedEmail);
    expect(await BackupCode.parse(text)?.hash(hashedEmail)).toEqual(bytesOf(expected));
  });

  test('is read generously', () => {
    expect(ofText('o0o0-iLl1-abcd efGH')).toBe('0000-1111-ABCD-EFGH');
    expect(ofText(' 0000111122223333 ')).toBe('0000-1111-2222-3333');
  });

  test.each([
    '',
    '0000-1111-2222-333',
    '0000-1111-2222-33334',
    '0000-1111-2222-333U',
    '0000\t1111-2222-3333',
    'ı000-1111-2222-3333',
    'ſ000-1111-2222-3333',
  ])('%j is refused', (input) => {
    expect(BackupCode.parse(input)).toBeUndefined();
  });

  test('has another hash for another account', async () => {
    const code = BackupCode.generate();
    expect(await code.hash(patterned(32, 7))).not.toEqual(await code.hash(patterned(32, 8)));
  });
});
