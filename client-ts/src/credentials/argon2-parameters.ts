import type { Bytes } from '../bytes.js';
import { Rejected } from '../rejected.js';
import type { Argon2Parameters } from './argon2id.js';

/** The parameters of a password slot (spec 9.1). */
export interface PasswordParameters extends Argon2Parameters {
  readonly salt: Bytes;
}

export const slotSaltLength = 16;

/** What an earlier sign-in with this address used; a device remembers it (spec 3.4). */
export interface PinnedParameters {
  readonly memoryKiB: number;
  readonly passes: number;
}

export const creationParameters: Argon2Parameters = { memoryKiB: 65_536, passes: 3, lanes: 1 };

const maximumMemoryKiB = 1_048_576;
const maximumPasses = 16;

/**
 * Throws {@link Rejected} for parameters that would make guessing cheap or exhaust this device. Call it before anything is
 * computed or sent: a hostile server that gets an answer to cheap parameters can test guesses (spec 3.4).
 */
export function checkParameters(offered: Argon2Parameters, pinned: PinnedParameters | undefined): void {
  const memoryFloor = Math.max(creationParameters.memoryKiB, pinned?.memoryKiB ?? 0);
  const passesFloor = Math.max(creationParameters.passes, pinned?.passes ?? 0);
  if (
    !isIntegerBetween(offered.memoryKiB, memoryFloor, maximumMemoryKiB) ||
    !isIntegerBetween(offered.passes, passesFloor, maximumPasses) ||
    offered.lanes !== creationParameters.lanes
  ) {
    throw new Rejected('weak-parameters');
  }
}

function isIntegerBetween(value: number, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && value >= lowest && value <= highest;
}
