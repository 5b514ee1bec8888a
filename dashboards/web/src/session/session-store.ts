import type { SessionInfo } from '@caretaker/cloud/contract';

export type Status =
  /** Not known yet; `error` says why when it is the service that does not answer. */
  | { readonly kind: 'asking'; readonly error: unknown }
  | { readonly kind: 'out'; readonly session: SessionInfo }
  | { readonly kind: 'in'; readonly session: SessionInfo }
  /** It ended by itself while somebody worked: the page stays as it is until they are back. */
  | { readonly kind: 'lapsed'; readonly session: SessionInfo; readonly before: SessionInfo };

/** What tabs of one browser tell each other. */
export type News = 'in' | 'out';

export interface SessionParts {
  readonly read: () => Promise<SessionInfo>;
  /** Waits for the answers to everything that is asked by now: one of them may bring another token. */
  readonly answered: () => Promise<void>;
  /** Tells the other tabs. */
  readonly tell: (news: News) => void;
  /** Somebody else is signed in now: nothing of the one before may stay. */
  readonly reload: () => void;
  /** Signed out on purpose, here or in another tab: loads the way in, so that nothing of theirs stays. */
  readonly leave: (where: 'here' | 'elsewhere') => void;
  /** Back after a break: what is on screen may be old. */
  readonly refresh: () => void;
}

/** Who is signed in on this page, told by the service and by other tabs. */
export class SessionStore {
  readonly #parts: SessionParts;
  readonly #listeners = new Set<() => void>();
  #status: Status = { kind: 'asking', error: null };
  #asking: Promise<void> | null = null;
  #waiting: ((back: boolean) => void)[] = [];

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  status = (): Status => this.#status;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Asks the service; many at once ask once. Never fails: the reason is in the status. */
  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** What the service answered to a sign-in of this page. */
  take(session: SessionInfo): void {
    this.#put(session);
    if (session.state === 'full') this.#parts.tell('in');
  }

  /** The person left by their own wish. */
  leave(): void {
    this.#parts.tell('out');
    this.#out('here');
  }

  /** Another tab has news. */
  hear(news: News): void {
    if (news === 'in') void this.ask();
    else if (this.#status.kind === 'in' || this.#status.kind === 'lapsed') this.#out('elsewhere');
  }

  /**
   * A request was refused for want of a session. A replaced token refuses what was under way with the old one,
   * so the service is asked first.
   * @returns whether the request may be sent again
   */
  async refused(): Promise<boolean> {
    await this.ask();
    return this.#status.kind === 'in';
  }

  /** Resolves when the one whose session lapsed is back: true, or has left: false. */
  back(): Promise<boolean> {
    if (this.#status.kind !== 'lapsed') return Promise.resolve(this.#status.kind === 'in');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #ask(): Promise<void> {
    try {
      this.#put(await this.#read());
    } catch (error) {
      if (this.#status.kind === 'asking') this.#set({ kind: 'asking', error });
    }
  }

  /** Asked with a token that is being replaced, the service says that nobody is here. */
  async #read(): Promise<SessionInfo> {
    const { read, answered } = this.#parts;
    const said = await read();
    if (said.state === 'full' || this.#status.kind !== 'in') return said;
    await answered();
    return read();
  }

  #put(session: SessionInfo): void {
    const { kind } = this.#status;
    const before = sessionBefore(this.#status);
    if (session.state !== 'full') {
      this.#set(before === null ? { kind: 'out', session } : { kind: 'lapsed', session, before });
      return;
    }
    if (before !== null && before.person?.id !== session.person?.id) {
      this.#parts.reload();
      return;
    }
    this.#set({ kind: 'in', session });
    if (kind !== 'lapsed') return;
    this.#parts.refresh();
    this.#settle(true);
  }

  #out(where: 'here' | 'elsewhere'): void {
    this.#settle(false);
    // Nothing is drawn and no stream runs until the browser has the way in.
    this.#set({ kind: 'asking', error: null });
    this.#parts.leave(where);
  }

  #settle(back: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(back);
  }

  #set(status: Status): void {
    this.#status = status;
    for (const tell of this.#listeners) tell();
  }
}

/** Of whom the page is, if of anybody. */
function sessionBefore(status: Status): SessionInfo | null {
  if (status.kind === 'in') return status.session;
  return status.kind === 'lapsed' ? status.before : null;
}
