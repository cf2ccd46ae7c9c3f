import { toBase64Url } from '../base64url.js';
import { type Bytes, constantTimeEqual, fromHex, generateBytes } from '../bytes.js';
import type { AccountId } from '../ids.js';
import type { Credential } from '../keys/credential.js';
import { derivePasskeyCredential, passkeyPrfInput, prfOutputLength } from '../keys/passkey.js';

/** What is sent of a new passkey (spec 10.12): these members and no more, for a browser's own JSON holds the PRF output. */
export interface PasskeyRegistration {
  readonly challenge: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
}

/** What is sent to prove a passkey (spec 10.12). */
export interface PasskeyAssertion {
  readonly credentialId: string;
  readonly challenge: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle?: string;
}

export interface CreatedPasskey {
  readonly credentialId: Bytes;
  readonly registration: PasskeyRegistration;
  readonly credential: Credential;
}

export interface ProvenPasskey {
  readonly credentialId: Bytes;
  readonly assertion: PasskeyAssertion;
  readonly credential: Credential;
}

/** The authenticator cannot open an account. The message is for the person. */
export class UnsuitablePasskey extends Error {
  override readonly name = 'UnsuitablePasskey';

  constructor() {
    super(
      'This passkey cannot be used here: its device or password manager gives no key for encryption (the "PRF" extension).' +
        ' Remove it there, and try another: a FIDO2 security key with a PIN, or the passkeys of an up-to-date phone,' +
        ' computer or browser, usually work.',
    );
  }
}

type Container = Pick<CredentialsContainer, 'create' | 'get'>;

const algorithms = [-7, -8, -257];

/**
 * Asks an authenticator for a new passkey. Throws {@link UnsuitablePasskey} where it has no PRF, and what
 * `navigator.credentials` throws, such as when the person declines.
 *
 * `name` is shown by the authenticator; `exclude` are the credential ids that the account has already.
 */
export async function createPasskey(
  server: { readonly challenge: Bytes; readonly rpId: string },
  account: AccountId,
  name: string,
  exclude: readonly Bytes[],
  credentials: Container = navigator.credentials,
): Promise<CreatedPasskey> {
  const prf = { eval: { first: await passkeyPrfInput(server.rpId) } };
  const created = asPublicKey(
    await credentials.create({
      publicKey: {
        challenge: server.challenge,
        rp: { id: server.rpId, name: 'Nescio' },
        user: { id: fromHex(account) ?? new Uint8Array(), name, displayName: name },
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        excludeCredentials: exclude.map((id) => ({ type: 'public-key', id })),
        extensions: { prf },
      },
    }),
  );
  const response = created.response as AuthenticatorAttestationResponse;
  const credentialId = copyOf(created.rawId);
  const output = prfOutput(created) ?? (await prfOutputLater(server.rpId, credentialId, credentials));
  return {
    credentialId,
    registration: {
      challenge: toBase64Url(server.challenge),
      clientDataJSON: toBase64Url(copyOf(response.clientDataJSON)),
      attestationObject: toBase64Url(copyOf(response.attestationObject)),
    },
    credential: await derivePasskeyCredential(output, credentialId),
  };
}

/**
 * Asks for a passkey of this server, whoever's it is, or for one of `allow`. Throws as {@link createPasskey}.
 */
export async function provePasskey(
  server: { readonly challenge: Bytes; readonly rpId: string },
  allow: readonly Bytes[] = [],
  credentials: Container = navigator.credentials,
): Promise<ProvenPasskey> {
  const proven = await assertion(server.challenge, server.rpId, allow, credentials);
  const response = proven.response as AuthenticatorAssertionResponse;
  const credentialId = copyOf(proven.rawId);
  const output = prfOutput(proven);
  if (output === undefined) throw new UnsuitablePasskey();
  return {
    credentialId,
    assertion: {
      credentialId: toBase64Url(credentialId),
      challenge: toBase64Url(server.challenge),
      clientDataJSON: toBase64Url(copyOf(response.clientDataJSON)),
      authenticatorData: toBase64Url(copyOf(response.authenticatorData)),
      signature: toBase64Url(copyOf(response.signature)),
      ...(response.userHandle !== null && { userHandle: toBase64Url(copyOf(response.userHandle)) }),
    },
    credential: await derivePasskeyCredential(output, credentialId),
  };
}

/** Many authenticators give no output while they create. This assertion is sent to nobody, so its challenge is ours. */
async function prfOutputLater(rpId: string, credentialId: Bytes, credentials: Container): Promise<Bytes> {
  const output = prfOutput(await assertion(generateBytes(32), rpId, [credentialId], credentials));
  if (output === undefined) throw new UnsuitablePasskey();
  return output;
}

async function assertion(
  challenge: Bytes,
  rpId: string,
  allow: readonly Bytes[],
  credentials: Container,
): Promise<PublicKeyCredential> {
  const prf = { eval: { first: await passkeyPrfInput(rpId) } };
  const allowCredentials = allow.map((id) => ({ type: 'public-key' as const, id }));
  const answer = asPublicKey(
    await credentials.get({
      publicKey: { challenge, rpId, allowCredentials, userVerification: 'required', extensions: { prf } },
    }),
  );
  const credentialId = copyOf(answer.rawId);
  if (allow.length > 0 && !allow.some((id) => constantTimeEqual(id, credentialId))) {
    prfOutput(answer)?.fill(0);
    throw new Error('the authenticator answered with a passkey that was not asked for');
  }
  return answer;
}

function asPublicKey(credential: globalThis.Credential | null): PublicKeyCredential {
  if (credential === null) throw new UnsuitablePasskey();
  return credential as PublicKeyCredential;
}

/** Takes it away from where the browser keeps it: it opens the account. */
function prfOutput(credential: PublicKeyCredential): Bytes | undefined {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return undefined;
  const output = copyOf(first);
  viewOf(first).fill(0);
  if (output.length === prfOutputLength) return output;
  output.fill(0);
  throw new UnsuitablePasskey();
}

function copyOf(source: BufferSource): Bytes {
  return new Uint8Array(viewOf(source));
}

function viewOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
