import { CaretakerError, type Log } from '@caretaker/readings/base';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
} from 'openid-client';
import type { Pending } from './pending.ts';
import { groupsOf } from './roles.ts';
import type { OidcSettings } from './settings.ts';

/** Who somebody is, by the word of the provider. */
export interface Proved {
  /** Issuer and subject together name a person; nothing else does. */
  readonly issuer: string;
  readonly subject: string;
  readonly login: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
  /** When the provider last had the person prove it; null when it does not say. */
  readonly proved: number | null;
}

/** A sign-in that asks for a fresh proof takes one that is no older, seconds. */
const freshFor = 300;
const timeout = 10;
/** Short, so that people hear of a provider that is down from us and not from their browser. */
const knownFor = 60_000;

/** The provider as we see it from here. Signatures are always checked, though TLS would do for a code. */
export class Provider {
  readonly #settings: OidcSettings;
  readonly #log: Log;
  #known: { readonly at: number; readonly configuration: Promise<Configuration> } | null = null;

  constructor(settings: OidcSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Where to send the browser.
   * @throws CaretakerError `CLOUD_OIDC_UNAVAILABLE`
   */
  async address(redirectUri: string, pending: Pending, at: number): Promise<string> {
    const configuration = await this.#cached(at);
    const parameters: Record<string, string> = {
      redirect_uri: redirectUri,
      scope: this.#settings.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    };
    if (pending.again) parameters.max_age = String(freshFor);
    return buildAuthorizationUrl(configuration, parameters).href;
  }

  /**
   * Takes what came back for what it proves.
   * @param answer the redirect URI with the query that the browser brought
   * @throws CaretakerError `CLOUD_OIDC_UNAVAILABLE`, `CLOUD_OIDC_REFUSED`, `CLOUD_OIDC_INVALID`
   */
  async prove(answer: URL, pending: Pending): Promise<Proved> {
    // Asked anew each time, so that a key or an address that the provider has changed counts at once.
    const configuration = await this.#discover();
    try {
      const tokens = await authorizationCodeGrant(configuration, answer, {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.verifier,
        idTokenExpected: true,
        ...(pending.again ? { maxAge: freshFor } : {}),
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('no ID token');
      const more = await this.#more(configuration, tokens.access_token, claims);
      return provedBy({ ...more, ...claims }, this.#settings.groupsClaim);
    } catch (error) {
      throw this.#told(error);
    }
  }

  /** Many providers tell name and groups at another address only. */
  async #more(configuration: Configuration, accessToken: string, claims: { readonly sub: string }) {
    const named = 'name' in claims || 'preferred_username' in claims;
    const whole = named && groupsOf({ ...claims }, this.#settings.groupsClaim) !== null;
    const tells = configuration.serverMetadata().userinfo_endpoint !== undefined;
    return whole || !tells ? {} : fetchUserInfo(configuration, accessToken, claims.sub);
  }

  #cached(at: number): Promise<Configuration> {
    const known = this.#known;
    if (known !== null && at >= known.at && at - known.at < knownFor) return known.configuration;
    const configuration = this.#discover();
    this.#known = { at, configuration };
    configuration.catch(() => {
      this.#known = null;
    });
    return configuration;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    const plain = url.protocol === 'http:' ? [allowInsecureRequests] : [];
    const execute = [...plain, enableNonRepudiationChecks];
    try {
      return await discovery(url, clientId, clientSecret, undefined, { execute, timeout });
    } catch (error) {
      this.#log.warn({ issuer, reason: reasonOf(error) }, 'the sign-in provider cannot be used');
      throw unavailable();
    }
  }

  #told(error: unknown): CaretakerError {
    const reason = reasonOf(error);
    this.#log.warn({ issuer: this.#settings.issuer, reason }, 'a sign-in by the provider failed');
    if (isOutage(error)) return unavailable();
    if (error instanceof AuthorizationResponseError || isOurs(error)) {
      return new CaretakerError({
        code: 'CLOUD_OIDC_REFUSED',
        message: 'The provider did not sign you in.',
        next: 'Try again; if it goes on, ask the administrator to look into the log of the cloud.',
      });
    }
    return invalidAnswer();
  }
}

function provedBy(claims: Readonly<Record<string, unknown>>, groupsClaim: string): Proved {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const [issuer, subject] = [text('iss'), text('sub')];
  if (issuer === null || subject === null || subject.length > 255) throw invalidAnswer();
  const proved = claims.auth_time;
  return {
    issuer,
    subject,
    login: text('preferred_username') ?? text('email'),
    name: text('name'),
    groups: groupsOf(claims, groupsClaim) ?? [],
    proved: typeof proved === 'number' ? proved * 1000 : null,
  };
}

/** Of an error only what no token, code or secret can be in. */
function reasonOf(error: unknown): string {
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) {
    return /^[a-z_]{1,60}$/.test(error.error) ? error.error : 'an error of an unknown name';
  }
  if (error instanceof ClientError) return `${error.message} (${error.code ?? 'no code'})`;
  if (error instanceof TypeError) {
    const cause = error.cause as NodeJS.ErrnoException | undefined;
    return cause?.code ?? error.message;
  }
  return error instanceof CaretakerError ? error.code : 'unknown';
}

const outages = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

function isOutage(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.status >= 500;
  if (error instanceof ClientError) return error.code === undefined || outages.has(error.code);
  return error instanceof TypeError && error.message === 'fetch failed';
}

/** The provider does not know us, or not with this secret: nothing that the person did. */
const isOurs = (error: unknown): boolean =>
  error instanceof ResponseBodyError && error.error !== 'invalid_grant';

function unavailable(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_OIDC_UNAVAILABLE',
    message: 'The sign-in provider does not answer as it should.',
    next: 'Try again later, or sign in with a password.',
  });
}

export function invalidAnswer(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_OIDC_INVALID',
    message:
      'What came back from the sign-in provider proves nothing: it was changed, used before, or meant for others.',
    next: 'Sign in once more.',
  });
}
