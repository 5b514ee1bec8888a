import { httpOptions, type Tls } from '@caretaker/readings/tls';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { credentialRoutes } from '../bundles/routes.ts';
import { discoveryRoutes } from '../discovery/routes.ts';
import { definitionRoutes } from '../estates/routes.ts';
import { fileRoutes } from '../files/routes.ts';
import { gatewayRoutes } from '../gateways/routes.ts';
import { openDoors } from './access/doors.ts';
import type { Api, App } from './api.ts';
import { guardHttp, refuseAddress } from './guard.ts';
import { handleProblems } from './problems.ts';
import { accountRoutes } from './routes/account.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { episodeRoutes } from './routes/episodes.ts';
import { estateRoutes } from './routes/estates.ts';
import { eventRoutes } from './routes/events.ts';
import { kpiRoutes } from './routes/kpi.ts';
import { oidcDoor, oidcRoutes } from './routes/oidc.ts';
import { operationRoutes } from './routes/operations.ts';
import { peopleRoutes } from './routes/people.ts';
import { plannedRoutes } from './routes/planned.ts';
import { readingRoutes } from './routes/readings.ts';
import { restatementRoutes } from './routes/restatements.ts';
import { sessionRoutes } from './routes/session.ts';
import { standardRoutes } from './routes/standard.ts';
import { ticketBulkRoutes } from './routes/tickets/bulk.ts';
import { ticketClockRoutes } from './routes/tickets/clocks.ts';
import { ticketFilterRoutes } from './routes/tickets/filters.ts';
import { ticketLedgerRoutes } from './routes/tickets/ledger.ts';
import { ticketListRoutes } from './routes/tickets/list.ts';
import { ticketRoutes } from './routes/tickets/one.ts';
import { placeCodeRoutes } from './routes/tickets/place-codes.ts';
import { reportRoutes } from './routes/tickets/reports.ts';
import { versionRoutes } from './routes/versions.ts';
import { serveWeb } from './web.ts';

export interface HttpConfig {
  readonly host: string;
  /** Of proxies that say truly where a request comes from. */
  readonly proxies: readonly string[];
  /** Browsers reach it by https alone. */
  readonly secure: boolean;
  readonly publicUrl: string | null;
  readonly webRoot: string;
}

const routes = [
  operationRoutes,
  sessionRoutes,
  accountRoutes,
  peopleRoutes,
  auditRoutes,
  estateRoutes,
  definitionRoutes,
  readingRoutes,
  episodeRoutes,
  ticketClockRoutes,
  ticketListRoutes,
  ticketFilterRoutes,
  ticketLedgerRoutes,
  ticketBulkRoutes,
  ticketRoutes,
  fileRoutes,
  reportRoutes,
  placeCodeRoutes,
  plannedRoutes,
  standardRoutes,
  versionRoutes,
  restatementRoutes,
  kpiRoutes,
  eventRoutes,
  backtestRoutes,
  gatewayRoutes,
  credentialRoutes,
  discoveryRoutes,
];

/** The HTTP side of the cloud, not listening yet. */
export async function createHttp(
  api: Api,
  config: HttpConfig,
  tls: Tls | null = null,
): Promise<App> {
  const app = Fastify({
    ...httpOptions(tls, config.proxies),
    // An open event stream would otherwise keep the server from closing.
    forceCloseConnections: true,
    bodyLimit: 256 * 1024,
    frameworkErrors: refuseAddress,
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  guardHttp(app, config);
  handleProblems(app, api.log);
  openDoors(app, api);
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Caretaker',
        description:
          'Times are UTC epoch milliseconds. Errors are problem details with a stable code. Programs send an API token as "Authorization: Bearer".',
        version: '1',
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: false });
  for (const add of routes) add(app, api);
  oidcRoutes(app, oidcDoor(app, api, config));
  await serveWeb(app, config.webRoot);
  return app;
}
