import { join } from 'node:path';
import { CaretakerError, type Log, silentLog } from '@caretaker/readings/base';
import Fastify from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { openDatabase } from '../../../db/database.ts';
import { guardHttp } from '../../../http/guard.ts';
import { handleProblems } from '../../../http/problems.ts';
import { oidcRoutes } from '../../../http/routes/oidc.ts';
import { temporaryFolder } from '../../../testing/cloud.ts';
import { type Bench, benchOf } from '../../testing/bench.ts';
import { openOidc } from '../open.ts';
import type { OidcSettings } from '../settings.ts';
import { Browser } from './browser.ts';
import { Company, clientId, clientSecret } from './company.ts';

const everyRole: OidcSettings['roles'] = [
  { group: 'technicians', role: 'technician', estates: ['court'] },
  { group: 'park people', role: 'technician', estates: ['park'] },
  { group: 'bosses', role: 'administrator', estates: 'all' },
];

/** Our side of a sign-in on loopback: the routes and all behind them, without the rest of the cloud. */
export interface House {
  readonly url: string;
  readonly bench: Bench;
  readonly company: Company;
  readonly log: string[];
  /** Milliseconds by which our clock runs ahead of the provider's. */
  ahead: number;
  close(): Promise<void>;
}

/** @param more settings that differ, and whatever else a provider needs to be like */
export async function openHouse(
  more: Partial<OidcSettings> = {},
  open = Company.open,
): Promise<House> {
  const folder = await temporaryFolder();
  const database = await openDatabase({ engine: 'sqlite', file: join(folder.path, 'cloud.db') });
  const bench = benchOf(database, folder.path);
  const log: string[] = [];
  const note = (fields: object, message: string) =>
    log.push(`${message} ${JSON.stringify(fields)}`);
  const keep: Log = { ...silentLog, warn: note, error: note, child: () => keep };
  const app = Fastify({ forceCloseConnections: true }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  guardHttp(app, { host: '127.0.0.1', publicUrl: null, secure: false });
  handleProblems(app, keep);
  // The provider has to know our address, and we its: ours is known once we listen, and nothing is added after.
  const door: Parameters<typeof oidcRoutes>[1] = {
    get oidc() {
      return openedOidc;
    },
    origin: () => house.url,
    now: () => Date.now() + house.ahead,
    tokenOf: ({ headers }) => /(?:^|; )ctk_session=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? null,
    giveToken: (reply, token) =>
      reply.header('set-cookie', `ctk_session=${token}; Path=/; HttpOnly; SameSite=Strict`),
    who: async (request) => (await door.proved(request)).person,
    async proved(request) {
      const token = door.tokenOf(request) ?? '';
      const found = await bench.identity.signIn.principalOf(token, door.now());
      if (found === null) {
        throw new CaretakerError({ code: 'CLOUD_NOT_FOUND', message: 'nobody is signed in' });
      }
      return { person: found.principal.id, session: found.principal.session };
    },
  };
  oidcRoutes(app, door);
  app.get('/*', async ({ url }) => `page ${url}`);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const company = await open([`${url}/api/oidc/callback`]);
  const settings: OidcSettings = {
    issuer: company.issuer,
    clientId,
    clientSecret,
    name: 'Company',
    scope: 'openid profile email',
    groupsClaim: 'groups',
    roles: everyRole,
    newPeople: true,
    ...more,
  };
  const openedOidc = openOidc({
    settings,
    identity: bench.identity,
    database,
    audit: bench.audit,
    log: keep,
  });
  const close = async () => {
    await app.close();
    await company.close();
    await database.close();
    await folder.remove();
  };
  const house: House = { url, bench, company, log, ahead: 0, close };
  return house;
}

/** Signs in with a browser to the end. @returns where it ends */
export async function signIn(
  { url }: House,
  login: string,
  { browser = new Browser(), query = '' } = {},
): Promise<{ browser: Browser; response: Response }> {
  const back = await browser.signInThere(
    `${url}/api/oidc/start${query}`,
    login,
    '/api/oidc/callback',
  );
  return { browser, response: await browser.go(back) };
}

/** Who the browser's session stands for. */
export async function whoIs({ url, bench, ahead }: House, browser: Browser) {
  const token = browser.jar(url).get('ctk_session') ?? '';
  return (await bench.identity.signIn.principalOf(token, Date.now() + ahead))?.principal ?? null;
}
