import { uplinkAudience } from '@caretaker/readings/uplink';
import { jwtVerify } from 'jose';
import type { Principal } from '../identity/principal.ts';
import type { GatewayKeyRow, GatewayKeys } from './enrolment.ts';

/** How far a gateway's clock may be off, either way. */
const WINDOW_MS = 300_000;
/** A gateway that connects more often than once a second within the window waits. */
const MOST_TOKENS = 300;
/** Ours have some 350 characters; nothing longer is looked at. */
const LONGEST_TOKEN = 1_024;

type Gateway = Extract<Principal, { kind: 'gateway' }>;

/** A gateway that has proved itself, and by which key; it counts as long as the key does. */
export interface Proved {
  readonly principal: Gateway;
  readonly key: GatewayKeyRow;
}

/** Checks the tokens that gateways connect with. */
export class GatewayTokens {
  readonly #keys: GatewayKeys;
  readonly #started: number;
  /** For each key the tokens seen, with the time from which nobody would take them anyway. */
  readonly #seen = new Map<string, Map<string, number>>();

  /**
   * @param started the cloud's clock when it started: what was issued before may have been used before, which
   *   nobody remembers, so it counts no more
   */
  constructor(keys: GatewayKeys, started: number) {
    this.#keys = keys;
    this.#started = started;
    keys.onEnded(({ key }) => void this.#seen.delete(key));
  }

  /**
   * Who connects with this user name and password.
   * @param now the cloud's clock, UTC epoch milliseconds
   * @returns null for anything but a fresh token of a key in force, used for the first time
   */
  async check(name: string, token: string, now: number): Promise<Proved | null> {
    if (token.length > LONGEST_TOKEN) return null;
    const read = await this.#read(name, token, now);
    if (read === null) return null;
    const { key, issued, id } = read;
    // A token counts whole seconds.
    const tooOld = issued < Math.floor(this.#started / 1_000) * 1_000;
    if (tooOld || Math.abs(now - issued) > WINDOW_MS || !this.#first(key.id, id, issued, now)) {
      return null;
    }
    return { principal: { kind: 'gateway', id: key.gateway, estate: key.estate }, key };
  }

  async #read(
    name: string,
    token: string,
    now: number,
  ): Promise<{ key: GatewayKeyRow; issued: number; id: string } | null> {
    let key: GatewayKeyRow | null = null;
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }) => {
          key = kid === undefined ? null : this.#keys.good(kid, now);
          if (key === null) throw new Error('no such key');
          return { kty: 'OKP', crv: 'Ed25519', x: key.public_key, alg: 'EdDSA' };
        },
        {
          // Named here, not taken from the token, so that nobody chooses a weaker one [RFC 8725, 3.1].
          algorithms: ['EdDSA'],
          audience: uplinkAudience,
          subject: name,
          requiredClaims: ['iat', 'exp', 'jti'],
          currentDate: new Date(now),
          clockTolerance: WINDOW_MS / 1_000,
        },
      );
      const found = key as GatewayKeyRow | null;
      if (found === null || found.gateway !== name) return null;
      return { key: found, issued: (payload.iat ?? 0) * 1_000, id: payload.jti ?? '' };
    } catch {
      return null;
    }
  }

  /** Notes a token; false when it was there before, or when there are too many to remember. */
  #first(key: string, id: string, issued: number, now: number): boolean {
    const seen = this.#seen.get(key) ?? new Map<string, number>();
    this.#seen.set(key, seen);
    for (const [old, until] of seen) if (until < now) seen.delete(old);
    if (seen.has(id) || seen.size >= MOST_TOKENS) return false;
    seen.set(id, issued + WINDOW_MS);
    return true;
  }
}
