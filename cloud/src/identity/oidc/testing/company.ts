import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Configuration } from 'oidc-provider';
import Provider from 'oidc-provider';
import { vi } from 'vitest';

/** Somebody of the company, by the id that the provider has for them. */
export interface Colleague {
  name?: string;
  preferred_username?: string;
  email?: string;
  groups?: string[];
}

export const clientId = 'caretaker';
export const clientSecret = 'a secret of this test and of nobody else';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * The sign-in provider of a company on loopback: the certified `oidc-provider` with its own pages, keys and
 * checks. Tests sign in there as a browser does, and may change what it says on the way out.
 */
export class Company {
  readonly colleagues = new Map<string, Colleague>();
  /** Changes the ID token before it leaves. */
  forge: ((idToken: string) => Promise<string>) | null = null;
  /** Answers instead of the provider when it wants to. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null = null;
  /** Requests by path since the start. */
  readonly asked: string[] = [];
  #signing: { readonly key: CryptoKey; readonly kid: string } | null = null;
  #handler: Handler = () => {};
  readonly #server: Server;
  #redirects: readonly string[] = [];
  #more: Configuration = {};

  private constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method} ${(request.url ?? '').split('?')[0]}`);
      if (this.intercept?.(request, response) === true) return;
      this.#handler(request, response);
    });
  }

  /** @param redirects addresses that it sends people back to */
  static async open(redirects: readonly string[], more: Configuration = {}): Promise<Company> {
    const company = new Company();
    company.#redirects = redirects;
    company.#more = more;
    await new Promise<void>((done) => company.#server.listen(0, '127.0.0.1', done));
    await company.newKeys();
    return company;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Starts the provider anew, with keys that nobody has seen; who was signed in there is so no more. */
  async newKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = crypto.randomUUID();
    this.#signing = { key: privateKey, kid };
    // It warns of what is meant for tests, as this is.
    const quiet = vi.spyOn(globalThis.console, 'warn').mockImplementation(() => {});
    const key = {
      ...(await exportJWK(privateKey)),
      use: 'sig',
      alg: 'RS256',
      kid,
    };
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          // On loopback such a client may come back at any port (RFC 8252).
          application_type: 'native',
          redirect_uris: [...this.#redirects],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      jwks: { keys: [key] },
      cookies: { keys: [crypto.randomUUID()] },
      claims: {
        openid: ['sub'],
        profile: ['name', 'preferred_username', 'groups'],
        email: ['email'],
      },
      ttl: { Interaction: 600, Session: 3600, Grant: 3600, AccessToken: 600, IdToken: 600 },
      findAccount: (_context, id) => {
        const colleague = this.colleagues.get(id);
        if (colleague === undefined) return undefined;
        return { accountId: id, claims: async () => ({ sub: id, ...colleague }) };
      },
      ...this.#more,
    });
    quiet.mockRestore();
    provider.use(async (context, next) => {
      await next();
      const body = context.body as { id_token?: string } | undefined;
      if (this.forge !== null && typeof body?.id_token === 'string') {
        context.body = { ...body, id_token: await this.forge(body.id_token) };
      }
    });
    this.#handler = provider.callback();
  }

  /** The provider's public keys, as anybody can read them. */
  async keys(): Promise<{ keys: { kid: string; n: string }[] }> {
    return (await fetch(`${this.issuer}/jwks`)).json() as Promise<{
      keys: { kid: string; n: string }[];
    }>;
  }

  /** Signs with the provider's own key whatever it never would. */
  sign(claims: JWTPayload): Promise<string> {
    return this.signer()(claims);
  }

  /** The same with the key of now, also when there is another one. */
  signer(): (claims: JWTPayload) => Promise<string> {
    if (this.#signing === null) throw new Error('not open');
    const { key, kid } = this.#signing;
    return (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
