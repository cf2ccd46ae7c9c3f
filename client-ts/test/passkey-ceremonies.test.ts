import { describe, expect, test } from 'vitest';
import { toBase64Url } from '../src/base64url.js';
import { type Bytes, toHex, utf8 } from '../src/bytes.js';
import { UnsuitablePasskey, createPasskey, provePasskey } from '../src/credentials/passkey-ceremonies.js';
import { AccountId } from '../src/ids.js';
import { derivePasskeyCredential, passkeyPrfInput } from '../src/keys/passkey.js';
import { patterned } from './support.js';

const server = { challenge: patterned(32, 1), rpId: 'nescio.example.org' };
const account = AccountId.generate();
const credentialId = patterned(32, 2);
const output = patterned(32, 3);

interface Prf {
  readonly eval: { readonly first: Bytes };
}

/** Stands in for a browser with an authenticator, whose PRF answers at creation, at assertions, or never. */
class FakeBrowser {
  answersWith = credentialId;
  gives = output;
  readonly given: ArrayBuffer[] = [];
  readonly created: PublicKeyCredentialCreationOptions[] = [];
  readonly asked: PublicKeyCredentialRequestOptions[] = [];

  constructor(
    private readonly atCreation: boolean,
    private readonly atAssertion: boolean,
  ) {}

  create(options?: CredentialCreationOptions): Promise<Credential | null> {
    if (options?.publicKey === undefined) return Promise.resolve(null);
    this.created.push(options.publicKey);
    const response = { clientDataJSON: utf8('created').buffer, attestationObject: utf8('attested').buffer };
    return Promise.resolve(this.credential(response, this.atCreation));
  }

  get(options?: CredentialRequestOptions): Promise<Credential | null> {
    if (options?.publicKey === undefined) return Promise.resolve(null);
    this.asked.push(options.publicKey);
    const response = {
      clientDataJSON: utf8('asserted').buffer,
      authenticatorData: utf8('data').buffer,
      signature: utf8('signed').buffer,
      userHandle: null,
    };
    return Promise.resolve(this.credential(response, this.atAssertion, this.answersWith));
  }

  private credential(response: object, withPrf: boolean, id = credentialId): Credential {
    const first = this.gives.slice().buffer;
    this.given.push(first);
    const results = withPrf ? { prf: { enabled: true, results: { first } } } : { prf: {} };
    return {
      id: toBase64Url(id),
      type: 'public-key',
      rawId: id.slice().buffer,
      response,
      getClientExtensionResults: () => results,
      toJSON: () => ({ clientExtensionResults: { prf: { results: { first: toBase64Url(output) } } } }),
    } as unknown as Credential;
  }
}

function prfOf(options: { readonly extensions?: AuthenticationExtensionsClientInputs } | undefined): Prf {
  return options?.extensions?.prf as unknown as Prf;
}

describe('creating', () => {
  test('asks for what the server requires', async () => {
    const browser = new FakeBrowser(true, true);
    await createPasskey(server, account, 'ada@example.org', [patterned(16, 9)], browser);
    const [options] = browser.created;
    expect(options).toMatchObject({
      challenge: server.challenge,
      rp: { id: server.rpId },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ type: 'public-key', id: patterned(16, 9) }],
    });
    expect(options?.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-7, -8, -257]);
    expect(toHex(options?.user.id as Bytes)).toBe(account);
    expect(prfOf(options).eval.first).toEqual(await passkeyPrfInput(server.rpId));
    expect(browser.asked).toHaveLength(0);
  });

  test.each([
    ['at creation', new FakeBrowser(true, true)],
    ['by an assertion at once', new FakeBrowser(false, true)],
  ])('takes the PRF output %s', async (_, browser) => {
    const { lookupHash } = (await createPasskey(server, account, 'ada', [], browser)).credential;
    expect(lookupHash).toEqual((await derivePasskeyCredential(output.slice(), credentialId)).lookupHash);
  });

  test('asks again for the new passkey only, with another challenge', async () => {
    const browser = new FakeBrowser(false, true);
    await createPasskey(server, account, 'ada', [], browser);
    expect(browser.asked).toHaveLength(1);
    expect(browser.asked[0]).toMatchObject({
      rpId: server.rpId,
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: credentialId }],
    });
    expect(browser.asked[0]?.challenge).not.toEqual(server.challenge);
  });
});

describe('a passkey without PRF', () => {
  test('is refused with words that say what would work', async () => {
    const browser = new FakeBrowser(false, false);
    for (const ceremony of [
      () => createPasskey(server, account, 'ada', [], browser),
      () => provePasskey(server, [], browser),
    ]) {
      await expect(ceremony()).rejects.toThrow(UnsuitablePasskey);
      await expect(ceremony()).rejects.toThrow(/security key/);
    }
  });
});

describe('an answer of another passkey than was asked for', () => {
  test('is not taken', async () => {
    const browser = new FakeBrowser(false, true);
    browser.answersWith = patterned(32, 7);
    await expect(createPasskey(server, account, 'ada', [], browser)).rejects.toThrow(/not asked for/);
    await expect(provePasskey(server, [credentialId, patterned(16, 8)], browser)).rejects.toThrow(/not asked for/);
    expect((await provePasskey(server, [], browser)).credentialId).toEqual(patterned(32, 7));
    browser.answersWith = credentialId;
    expect((await provePasskey(server, [patterned(16, 8), credentialId], browser)).credentialId).toEqual(credentialId);
  });
});

describe('a PRF output', () => {
  test('of another length makes the passkey unsuitable', async () => {
    for (const length of [0, 31, 33]) {
      const browser = new FakeBrowser(true, true);
      browser.gives = patterned(length, 4);
      await expect(createPasskey(server, account, 'ada', [], browser)).rejects.toThrow(UnsuitablePasskey);
      await expect(provePasskey(server, [], browser)).rejects.toThrow(UnsuitablePasskey);
      const given = patterned(length, 4);
      await expect(derivePasskeyCredential(given, credentialId)).rejects.toThrow(RangeError);
      expect(given).toEqual(new Uint8Array(length));
    }
  });

  test('is left nowhere, whatever comes of it', async () => {
    const browser = new FakeBrowser(true, true);
    await createPasskey(server, account, 'ada', [], browser);
    await provePasskey(server, [], browser);
    await expect(provePasskey(server, [patterned(16, 8)], browser)).rejects.toThrow();
    browser.gives = patterned(33, 4);
    await expect(provePasskey(server, [], browser)).rejects.toThrow(UnsuitablePasskey);
    expect(browser.given.map((buffer) => new Uint8Array(buffer).every((octet) => octet === 0))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});

test('what is sent holds neither the PRF output nor anything else of the extensions', async () => {
  const browser = new FakeBrowser(true, true);
  const created = await createPasskey(server, account, 'ada', [], browser);
  const proven = await provePasskey(server, [], browser);
  expect(Object.keys(created.registration).sort()).toEqual(['attestationObject', 'challenge', 'clientDataJSON']);
  expect(Object.keys(proven.assertion).sort()).toEqual([
    'authenticatorData',
    'challenge',
    'clientDataJSON',
    'credentialId',
    'signature',
  ]);
  const sent = JSON.stringify([created.registration, proven.assertion]);
  expect(sent).not.toContain(toBase64Url(output));
  expect(proven.credential.lookupHash).toEqual(created.credential.lookupHash);
});
