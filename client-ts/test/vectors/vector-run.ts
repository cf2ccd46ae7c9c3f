import { Rejected } from '../../src/rejected.js';
import type { VectorCase } from './vector-case.js';

/** Compares what the code gives with the outputs of a case, or is refused or rejected on the way. */
export type VectorRun = (vector: VectorCase) => void | Promise<void>;

class Refused extends Error {}

class Unreadable extends Error {}

/** For what a device of the account sealed and the code does not understand. */
export function unreadable(): never {
  throw new Unreadable();
}

/** For what a person typed and the code does not take. */
export function refused(): never {
  throw new Refused();
}

/** The class of the error, as the vectors name it; undefined when the run went through. */
export async function errorOf(run: VectorRun, vector: VectorCase): Promise<string | undefined> {
  try {
    await run(vector);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return 'refused';
    if (error instanceof Unreadable) return 'unreadable';
    if (!(error instanceof Rejected)) throw error;
    return error.reason === 'weak-parameters' ? 'refused' : error.reason;
  }
}
