import type { Surroundings } from '../network/api.js';
import { isRefused } from '../network/errors.js';

const pause = 1000;
const lasts = 2 * 60_000;

/** The two minutes that a pairing lives, by this device's own clock and whatever the server says (spec 10.11). */
export class Patience {
  readonly #surroundings: Surroundings;
  readonly #began: number;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#began = surroundings.now();
  }

  isOver(): boolean {
    return this.#surroundings.now() - this.#began >= lasts;
  }

  /** Asks once in a second until there is an answer. Undefined where that was too late, or the server has forgotten it. */
  async until<T>(question: () => Promise<T | undefined>): Promise<T | undefined> {
    while (!this.isOver()) {
      const answer = await unlessGone(question);
      if (answer === gone || this.isOver()) return undefined;
      if (answer !== undefined) return answer;
      await this.#surroundings.pause(pause);
    }
    return undefined;
  }
}

export const gone = Symbol('gone');

/** What the server has forgotten, or never knew, is gone. */
export async function unlessGone<T>(step: () => Promise<T>): Promise<T | typeof gone> {
  try {
    return await step();
  } catch (error) {
    if (isRefused(error, 'not-found')) return gone;
    throw error;
  }
}
