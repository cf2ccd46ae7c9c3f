import { type Bytes, concat } from '../bytes.js';
import { Rejected } from '../rejected.js';
import { Answer } from './answer.js';
import { Refused, Unreachable } from './errors.js';

/** What a client needs of where it runs; tests give their own. */
export interface Surroundings {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds of a clock that nobody sets back, and that goes on while the device sleeps. */
  readonly now: () => number;
}

/** Each of the two clocks of a browser lacks one of these. */
function steadyClock(): () => number {
  let [steady, wall, elapsed] = [performance.now(), Date.now(), 0];
  return () => {
    const [steadyNow, wallNow] = [performance.now(), Date.now()];
    elapsed += Math.max(steadyNow - steady, wallNow - wall);
    [steady, wall] = [steadyNow, wallNow];
    return elapsed;
  };
}

export const usualSurroundings: Surroundings = {
  fetch: (url, init) => fetch(url, init),
  pause: (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    }),
  now: steadyClock(),
};

export interface Sending {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: object;
  readonly token?: string;
  /** Whether it may be sent again when the connection breaks: what signs in uses something up (spec 10.5). */
  readonly repeatedly?: boolean;
  /** The longest answer that is read. */
  readonly longest?: number;
}

const usualAnswer = 1024 * 1024;
const longestProblem = 64 * 1024;
const tries = 3;
const patience = 60_000;

/** Requests to a server and its answers, bounded in size and time. Follows no redirect and keeps no cookie. */
export class Api {
  readonly server: URL;
  readonly surroundings: Surroundings;

  /** Throws a `RangeError` for what is neither an https address nor one of this machine: a token would travel in clear. */
  constructor(server: string, surroundings: Surroundings = usualSurroundings) {
    if (!URL.canParse(server) || !isPrivate(new URL(server))) {
      throw new RangeError('a server is given as https://host, or as http://localhost:port on this machine');
    }
    this.server = new URL(server);
    this.surroundings = surroundings;
  }

  /** For a request whose answer has a body. Throws {@link Refused}, {@link Unreachable} and {@link Rejected}. */
  async ask(path: string, sending: Sending): Promise<Answer> {
    return Answer.parse(await this.#send(path, sending, true));
  }

  /** For a request whose answer has none. Throws as {@link ask}. */
  async tell(path: string, sending: Sending): Promise<void> {
    await this.#send(path, sending, false);
  }

  async #send(path: string, sending: Sending, isAnswered: boolean): Promise<Bytes> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sendOnce(path, sending, isAnswered);
      } catch (error) {
        if (sending.repeatedly !== true || attempt === tries || !(error instanceof Unreachable)) throw error;
        await this.surroundings.pause(200 * attempt);
      }
    }
  }

  async #sendOnce(path: string, sending: Sending, isAnswered: boolean): Promise<Bytes> {
    const abort = new AbortController();
    let giveUp = (): void => undefined;
    // Beside the abort, which a body that never ends does not have to notice.
    const late = new Promise<never>((_, reject) => {
      giveUp = () => {
        reject(new Unreachable());
        abort.abort();
      };
    });
    const timer = setTimeout(giveUp, patience);
    try {
      return await Promise.race([this.#exchange(path, sending, isAnswered, abort.signal), late]);
    } finally {
      clearTimeout(timer);
      // Whatever still comes is not waited for.
      abort.abort();
    }
  }

  async #exchange(path: string, sending: Sending, isAnswered: boolean, signal: AbortSignal): Promise<Bytes> {
    let response: Response;
    try {
      response = await this.surroundings.fetch(new URL(path, this.server).href, {
        method: sending.method,
        headers: {
          ...(sending.token !== undefined && { Authorization: `Bearer ${sending.token}` }),
          ...(sending.body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(sending.body !== undefined && { body: JSON.stringify(sending.body) }),
        redirect: 'error',
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        signal,
      });
    } catch (error) {
      throw new Unreachable(error);
    }
    if (!response.ok) throw await refusal(response);
    if (!isAnswered) return new Uint8Array();
    return readBody(response, sending.longest ?? usualAnswer);
  }
}

function isPrivate({ protocol, hostname, username, password }: URL): boolean {
  const isLocal = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || isLocal) && username === '' && password === '';
}

/** Gives up as soon as there is more than there may be, so that an endless body costs nothing. */
async function readBody(response: Response, longest: number): Promise<Bytes> {
  const reader = response.body?.getReader();
  // Not a list of pieces: they may be as small as the server likes, and each would take memory of its own.
  let body = new Uint8Array();
  let length = 0;
  try {
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) return body.slice(0, length);
      const next = length + piece.value.length;
      if (next > longest) break;
      if (next > body.length) body = concat(body, new Uint8Array(Math.max(next, 2 * body.length) - body.length));
      body.set(piece.value, length);
      length = next;
    }
  } catch (error) {
    throw new Unreachable(error);
  }
  // Not waited for: the server need not let go.
  reader?.cancel().catch(() => undefined);
  throw new Rejected('malformed');
}

async function refusal(response: Response): Promise<Refused> {
  const retryAfter = response.headers.get('Retry-After') ?? '';
  return new Refused(await problemOf(response), /^[0-9]{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined);
}

async function problemOf(response: Response): Promise<string> {
  try {
    const type = Answer.parse(await readBody(response, longestProblem)).text('type');
    // The server chose these characters.
    return /^urn:nescio:problem:([a-z-]{1,40})$/.exec(type)?.[1] ?? 'unknown';
  } catch (error) {
    if (error instanceof Rejected) return 'unknown';
    throw error;
  }
}
