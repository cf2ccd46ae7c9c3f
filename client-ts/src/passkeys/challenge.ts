import type { Bytes } from '../bytes.js';
import type { Api } from '../network/api.js';
import { Rejected } from '../rejected.js';

/**
 * What a ceremony signs (spec 10.12). Throws {@link Rejected} for a relying-party id that is not the host of the server's
 * address: a touch would give one server the key of another.
 */
export async function getChallenge(api: Api): Promise<{ readonly challenge: Bytes; readonly rpId: string }> {
  const answer = await api.ask('/v1/passkeys/challenge', { method: 'POST', repeatedly: true });
  const rpId = answer.text('rpId');
  if (rpId !== api.server.hostname) throw new Rejected('mismatch');
  return { challenge: answer.bytes('challenge'), rpId };
}
