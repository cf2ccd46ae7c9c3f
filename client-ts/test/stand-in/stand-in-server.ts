import { type LogEntry, logEntryHash } from '../../src/account/log-entry.js';
import { fromBase64Url, toBase64Url } from '../../src/base64url.js';
import { type Bytes, generateBytes, sha256 } from '../../src/bytes.js';
import { type AccountId, SessionId } from '../../src/ids.js';
import type { Surroundings } from '../../src/network/api.js';
import type { Json, StandInAccount } from './stand-in-account.js';

/** A refusal of the stand-in. */
class Problem extends Error {
  readonly status: number;
  readonly problem: string;

  constructor(status: number, problem: string) {
    super(problem);
    this.status = status;
    this.problem = problem;
  }
}

interface Pairing {
  readonly start: Json;
  share?: unknown;
  revealed?: unknown;
  sealed?: unknown;
  approvedBy?: SessionId;
}

/** As much of a server as the tests need, which a test can have lie. Its clock stands still unless a test sets it. */
export class StandInServer {
  readonly account: StandInAccount;
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  /** Changes an answer before it is sent. */
  lie: (path: string, answer: Json) => Json = (_, answer) => answer;
  /** Answers in place of the server. */
  takeOver: (path: string, body: Json) => Response | Promise<Response | undefined> | undefined = () => undefined;
  now = 0;
  /** Answers in place of the server when it has done what was asked. */
  withhold: (path: string) => Response | Promise<Response> | undefined = () => undefined;
  /** How many entries of the log a page has. */
  logPage = 500;
  /** The list of devices, as it was put last. */
  devices: Json | undefined;
  readonly #tokens = new Map<string, SessionId>();
  readonly #pairings = new Map<unknown, Pairing>();
  #directory: Json;
  readonly #log: Pick<LogEntry, 'time' | 'kind' | 'session' | 'other'>[] = [];

  constructor(account: StandInAccount) {
    this.account = account;
    this.#directory = account.served['directory'] as Json;
  }

  get surroundings(): Surroundings {
    return {
      fetch: (url, init) => this.#fetch(new URL(url), init),
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      now: () => this.now,
    };
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const path = url.pathname;
    const body = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as Json;
    const token = new Headers(init.headers).get('Authorization')?.replace('Bearer ', '');
    this.asked.push(path);
    const instead = await this.takeOver(path, body);
    if (instead !== undefined) return instead;
    try {
      const after = Number(url.searchParams.get('after') ?? 0);
      const answer = await this.#answer(`${init.method ?? ''} ${path}`, body, token, after);
      const lost = await this.withhold(path);
      if (lost !== undefined) return lost;
      if (answer === undefined) return new Response(null, { status: 204 });
      return Response.json(this.lie(path, structuredClone(answer)));
    } catch (error) {
      if (error instanceof Problem) return problem(error.status, error.problem);
      throw error;
    }
  }

  async #answer(request: string, body: Json, token: string | undefined, after: number): Promise<Json | undefined> {
    switch (request) {
      case 'POST /v1/signin/key':
        return this.#signIn(body);
      case 'POST /v1/pairings/start':
        this.#pairings.set(body['pairing'], { start: body });
        return { expiresAt: 120_000 };
      case 'POST /v1/pairings/poll':
        return this.#poll(await this.#ofNewDevice(body));
      case 'POST /v1/pairings/reveal':
        (await this.#ofNewDevice(body)).revealed = body['share'];
        return undefined;
      case 'POST /v1/pairings/collect':
        return this.#collect(await this.#ofNewDevice(body));
      case 'POST /v1/pairings/cancel':
        this.#pairings.delete(body['pairing']);
        return undefined;
    }
    const session = this.#tokens.get(token ?? '');
    if (token === undefined || session === undefined) throw new Problem(401, 'session-required');
    if (request === 'GET /v1/account/log') return this.#logAfter(after);
    return this.#answerSession(request, body, token, session);
  }

  #answerSession(request: string, body: Json, token: string, session: SessionId): Json | undefined {
    switch (request) {
      case 'POST /v1/session/renew':
        this.#tokens.delete(token);
        return { token: this.#newToken(session), expiresAt: 2 };
      case 'POST /v1/session/proof':
        if (body['lookupHash'] !== this.account.lookupHash) throw new Problem(401, 'sign-in-failed');
        return undefined;
      case 'DELETE /v1/session':
        this.#tokens.delete(token);
        return undefined;
      case 'GET /v1/account':
        return this.#served();
      case 'PUT /v1/directory':
        if (body['counter'] !== Number(this.#directory['counter']) + 1) throw new Problem(409, 'directory-conflict');
        this.#directory = body;
        this.#note({ kind: 'names-changed', session });
        return undefined;
      case 'GET /v1/sessions':
        return {
          sessions: [...new Set(this.#tokens.values())].map((listed) => ({ session: listed })),
          devices: this.devices ?? null,
        };
      case 'PUT /v1/devices':
        if (body['counter'] !== Number(this.devices?.['counter'] ?? 0) + 1) throw new Problem(409, 'devices-conflict');
        this.devices = body;
        return undefined;
      case 'GET /v1/domains/chats/containers':
        return this.account.containers;
      case 'POST /v1/pairings/look': {
        const { start, revealed } = this.#pairing(body);
        return { commitment: start['commitment'], ...(revealed !== undefined && { revealed }) };
      }
      case 'POST /v1/pairings/answer':
        this.#pairing(body).share = body['share'];
        return undefined;
      case 'POST /v1/pairings/approve':
        Object.assign(this.#pairing(body), { sealed: body['sealed'], approvedBy: session });
        return undefined;
      case 'POST /v1/pairings/refuse':
        this.#pairings.delete(body['pairing']);
        return undefined;
      default:
        if (/^GET \/v1\/containers\/[0-9a-f]{32}$/.test(request)) return this.account.content;
        throw new Problem(404, 'not-found');
    }
  }

  #signIn(body: Json): Json {
    if (body['lookupHash'] !== this.account.lookupHash) throw new Problem(401, 'sign-in-failed');
    const session = SessionId.generate();
    this.#note({ kind: 'signed-in-with-recovery-key', session });
    return { ...this.account.served, directory: this.#directory, ...this.#opened(session) };
  }

  #opened(session: SessionId): Json {
    return { session, token: this.#newToken(session), expiresAt: 1 };
  }

  #newToken(session: SessionId): string {
    const token = toBase64Url(generateBytes(32));
    this.#tokens.set(token, session);
    return token;
  }

  /** As to a session: without what the slots open. */
  #served(): Json {
    const slots = this.account.served['slots'] as readonly Json[];
    const bare = slots.map((slot) => ({ ...slot, wrappedMasterKey: undefined }));
    return { ...this.account.served, slots: bare, slot: undefined, directory: this.#directory };
  }

  #poll({ share, sealed }: Pairing): Json {
    return {
      ...(share !== undefined && { answered: { account: this.account.id, share } }),
      approved: sealed !== undefined,
    };
  }

  #collect({ sealed, approvedBy }: Pairing): Json {
    if (sealed === undefined || approvedBy === undefined) throw new Problem(404, 'not-found');
    const session = SessionId.generate();
    this.#note({ kind: 'paired', session: approvedBy, other: session });
    return { sealed, ...this.#opened(session), account: this.#served() };
  }

  #note(deed: Pick<LogEntry, 'kind' | 'session' | 'other'>): void {
    this.#log.push({ ...deed, time: 1_767_225_600_000 });
  }

  async #logAfter(after: number): Promise<Json> {
    const chain = await logChain(this.account.id, this.#log);
    return { entries: chain.slice(after, after + this.logPage), more: chain.length > after + this.logPage };
  }

  async #ofNewDevice(body: Json): Promise<Pairing> {
    const pairing = this.#pairing(body);
    const secret = fromBase64Url(String(body['secret'])) as Bytes;
    if (toBase64Url(await sha256(secret)) !== pairing.start['secretHash']) throw new Problem(404, 'not-found');
    return pairing;
  }

  #pairing(body: Json): Pairing {
    const pairing = this.#pairings.get(body['pairing']);
    if (pairing === undefined) throw new Problem(404, 'not-found');
    return pairing;
  }
}

/** As a server serves it: numbered and linked from the first on. */
export async function logChain(
  account: AccountId,
  deeds: readonly Pick<LogEntry, 'time' | 'kind' | 'session' | 'other'>[],
): Promise<Json[]> {
  const chain = [];
  let previous: Bytes = new Uint8Array(32);
  for (const [index, deed] of deeds.entries()) {
    const entry = { ...deed, number: index + 1, previous };
    chain.push({ ...entry, previous: toBase64Url(previous) });
    previous = await logEntryHash(account, entry);
  }
  return chain;
}

export function problem(status: number, name: string, headers: HeadersInit = {}): Response {
  const body = { type: `urn:nescio:problem:${name}`, title: '', status, detail: '' };
  return new Response(JSON.stringify(body), { status, headers });
}
