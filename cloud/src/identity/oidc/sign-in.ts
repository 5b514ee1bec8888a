import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { Database, Tx } from '../../db/database.ts';
import { charge, ofAddress, takeBack } from '../attempts.ts';
import { type Audit, refuse } from '../deed.ts';
import { hasSecondFactor } from '../second-factor.ts';
import { digestOf } from '../secrets.ts';
import type { From, Sessions } from '../sessions.ts';
import type { Vault } from '../vault.ts';
import type { Linked } from './linked.ts';
import { ownPath } from './own-path.ts';
import { openPending, type Pending, pendingFor, sealPending } from './pending.ts';
import { invalidAnswer, type Proved, type Provider } from './provider.ts';

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly vault: Vault;
  readonly sessions: Sessions;
  readonly provider: Provider;
  readonly linked: Linked;
}

export interface Begin {
  /** Path to go to afterwards. */
  readonly back: string | undefined;
  /** Whether the provider is to ask for a proof even of somebody it knows. */
  readonly again: boolean;
  /** Somebody signed in who wants to link their account. */
  readonly link: Pending['link'];
}

export interface Answer extends From {
  /** The query that the browser brought, with its `?`. */
  readonly query: string;
  /** What `begin` gave to this browser to keep. */
  readonly sealed: string | null;
  /** Token of a session that the browser came with, if any: it ends. */
  readonly previous: string | null;
}

export type Done =
  | { readonly kind: 'session'; readonly token: string; readonly back: string }
  | { readonly kind: 'linked'; readonly back: string };

/** The way in by the company's own accounts: authorization code with PKCE, state and nonce. */
export class OidcSignIn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @returns where to send the browser, and what it is to keep until it comes back
   * @throws CaretakerError `CLOUD_OIDC_UNAVAILABLE`
   */
  async begin(
    { back, again, link }: Begin,
    redirectUri: string,
    at: number,
  ): Promise<{ readonly location: string; readonly sealed: string }> {
    const { provider, vault } = this.#parts;
    const secrets = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
    };
    const pending = { ...secrets, back: ownPath(back), again, began: at, link };
    const location = await provider.address(redirectUri, pending, at);
    return { location, sealed: sealPending(vault, pending) };
  }

  /**
   * @param redirectUri as given to `begin`: the address under which the request came is not asked
   * @throws CaretakerError `CLOUD_OIDC_EXPIRED`, `CLOUD_OIDC_INVALID`, `CLOUD_OIDC_REFUSED`,
   *   `CLOUD_OIDC_UNAVAILABLE`, `CLOUD_OIDC_NOT_LET_IN`, `CLOUD_OIDC_LOGIN_TAKEN`,
   *   `CLOUD_OIDC_LINKED_ELSEWHERE`, `CLOUD_SIGN_IN_WAIT`
   */
  async finish(answer: Answer, redirectUri: string, at: number): Promise<Done> {
    const { database, vault, provider } = this.#parts;
    const pending = openPending(vault, answer.sealed, at);
    if (pending === null) refuseExpired();
    const guarded = ofAddress(answer.address);
    await charge(database, [guarded], at);
    const url = new URL(redirectUri);
    url.search = answer.query;
    // Before anything is sent on, so that neither an answer nor a guess gets a second look.
    if (url.searchParams.get('state') !== pending.state) throw invalidAnswer();
    await this.#spend(pending, at);
    const proved = await provider.prove(url, pending);
    const done = await database.write(async (tx) => {
      await takeBack(tx, guarded, at);
      return pending.link === null
        ? this.#enter(tx, proved, pending, answer, at)
        : this.#link(tx, proved, pending.link, pending.back, at);
    });
    if (done === null) refuseEntry();
    if (done.kind === 'session' && answer.previous !== null) {
      await this.#parts.sessions.signOut(answer.previous, at);
    }
    return done;
  }

  async #enter(
    tx: Tx,
    proved: Proved,
    { back }: Pending,
    { address, agent }: From,
    at: number,
  ): Promise<Done | null> {
    const { linked, sessions, audit } = this.#parts;
    const person = await linked.personIn(tx, proved, at);
    if (person === null) {
      const detail = { by: 'oidc', address: address.slice(0, 100), agent: agent.slice(0, 300) };
      const entry = { at, actor: 'nobody', action: 'session.refuse', object: 'login:unknown' };
      await audit(tx, { ...entry, detail });
      return null;
    }
    // Whoever has a second factor here set it up for every way in.
    const stage = (await hasSecondFactor(tx, person)) ? 'half' : 'full';
    // A provider that knows the browser asks for nothing: only what it says itself was proved counts as fresh.
    const confirmed = Math.min(proved.proved ?? 0, at);
    const from = { address, agent };
    const started = { person, stage, ...from, by: 'oidc', confirmed } as const;
    const { token } = await sessions.startIn(tx, at, started);
    // A page of ours asks for the second factor first.
    const to = stage === 'half' ? `/sign-in?${new URLSearchParams({ to: back })}` : back;
    return { kind: 'session', token, back: to };
  }

  async #link(
    tx: Tx,
    proved: Proved,
    { person, session }: NonNullable<Pending['link']>,
    back: string,
    at: number,
  ): Promise<Done> {
    const { linked, sessions } = this.#parts;
    // The browser shows its session to our own pages only, so it is looked up by what was sealed.
    if (!(await sessions.isOpenIn(tx, { session, person }, at))) refuseExpired();
    await linked.linkIn(tx, person, proved, at);
    return { kind: 'linked', back };
  }

  /** @throws CaretakerError `CLOUD_OIDC_INVALID` when this answer was looked at before */
  async #spend({ state }: Pending, at: number): Promise<void> {
    const fresh = await this.#parts.database.write(async (tx) => {
      await tx
        .deleteFrom('oidc_answers')
        .where('at', '<', at - 2 * pendingFor)
        .execute();
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('oidc_answers')
        .values({ digest: digestOf(state), at })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return Number(numInsertedOrUpdatedRows) > 0;
    });
    if (!fresh) throw invalidAnswer();
  }
}

function refuseExpired(): never {
  return refuse(
    'CLOUD_OIDC_EXPIRED',
    'No sign-in was begun in this browser, or too long ago.',
    'Begin it again on the sign-in page.',
  );
}

function refuseEntry(): never {
  return refuse(
    'CLOUD_OIDC_NOT_LET_IN',
    'The provider knows you, but no account here lets you in.',
    'Ask an administrator.',
  );
}
