/** The server could not be reached, did not answer in time, or the connection broke. Nothing acknowledged was lost. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(cause?: unknown) {
    super('The server cannot be reached. Try again.', { cause });
  }
}

/** The server refused a request, or failed. What its answer is called stands in the spec, section 11. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** `unknown` for an answer that is no problem of the protocol. */
  readonly problem: string;
  /** Seconds that the server asks to wait, where it says so. */
  readonly retryAfter: number | undefined;

  constructor(problem: string, retryAfter: number | undefined) {
    super(`The server refused: ${problem}`);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Whether this is the refusal of that name. */
export function isRefused(error: unknown, problem: string): boolean {
  return error instanceof Refused && error.problem === problem;
}
