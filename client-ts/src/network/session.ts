import { SessionId } from '../ids.js';
import type { Answer } from './answer.js';
import type { Api, Sending } from './api.js';

type Request = Omit<Sending, 'token'>;

/**
 * A session and its token. Its requests go one after another: one that came with the token before a renewal would end the
 * session (spec 10.4).
 */
export class Session {
  readonly api: Api;
  readonly id: SessionId;
  #token: string;
  #expiresAt: number;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(api: Api, id: SessionId, token: string, expiresAt: number) {
    this.api = api;
    this.id = id;
    this.#token = token;
    this.#expiresAt = expiresAt;
  }

  /** Milliseconds since 1970. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  ask(path: string, request: Request): Promise<Answer> {
    return this.#inTurn(() => this.api.ask(path, { ...request, token: this.#token }));
  }

  tell(path: string, request: Request): Promise<void> {
    return this.#inTurn(() => this.api.tell(path, { ...request, token: this.#token }));
  }

  /** Exchanges the token for another one. Where the answer is lost, the present one goes on. */
  renew(): Promise<void> {
    return this.#inTurn(async () => {
      const renewed = await this.api.ask('/v1/session/renew', { method: 'POST', token: this.#token });
      const [token, expiresAt] = [tokenIn(renewed), renewed.number('expiresAt')];
      this.#token = token;
      this.#expiresAt = expiresAt;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** The session that an answer opens (spec 10.4, 10.11). Throws {@link Rejected}. */
export function sessionIn(api: Api, answer: Answer): Session {
  return new Session(api, answer.id('session', SessionId), tokenIn(answer), answer.number('expiresAt'));
}

/** 32 bytes, as they are sent back. */
function tokenIn(answer: Answer): string {
  answer.bytes('token', 32);
  return answer.text('token');
}
