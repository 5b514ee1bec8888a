import type { Action } from '../contract/index.ts';

/** Who may call a route. */
export interface RouteRule {
  /** `everybody`: without signing in. */
  readonly who: 'everybody' | Action;
  /** How the estate is found for which the action must be allowed. */
  readonly estate:
    | 'none'
    /** Gives only what lies in estates that one may look at. */
    | 'list'
    /** Named by the request, or by the thing that it names. */
    | 'named';
  /** A person must have proved who they are within the last quarter of an hour. */
  readonly proved?: true;
}

const open: RouteRule = { who: 'everybody', estate: 'none' };
const own: RouteRule = { who: 'self', estate: 'none' };
const ownProved: RouteRule = { who: 'self', estate: 'none', proved: true };
const people: RouteRule = { who: 'people.manage', estate: 'none' };
const peopleProved: RouteRule = { who: 'people.manage', estate: 'none', proved: true };
const lookAll: RouteRule = { who: 'look', estate: 'list' };
const lookOne: RouteRule = { who: 'look', estate: 'named' };
const lookAny: RouteRule = { who: 'look', estate: 'none' };
const tests: RouteRule = { who: 'backtest.run', estate: 'list' };

/**
 * Every route of the cloud and who may call it: the one place where that is said. A route that is not here keeps
 * the cloud from starting, and one that is here and nowhere else fails a test.
 */
export const routeRules: Readonly<Record<string, RouteRule>> = {
  'GET /': open,
  'GET /*': open,
  'GET /healthz': open,
  // Says more to those who may look.
  'GET /readyz': open,
  'GET /metrics': { who: 'operate', estate: 'none' },
  'GET /docs*': open,

  'GET /api/session': open,
  'POST /api/session': open,
  'POST /api/session/code': open,
  'POST /api/session/link': open,
  'DELETE /api/session': open,
  'POST /api/session/confirm': own,
  'POST /api/first': open,
  'POST /api/invite': open,

  'GET /api/oidc/start': open,
  'GET /api/oidc/callback': open,
  'GET /api/oidc/link': own,
  'POST /api/oidc/link': ownProved,
  'DELETE /api/oidc/link': ownProved,

  'GET /api/account': own,
  'POST /api/account/name': own,
  'POST /api/account/password': own,
  'POST /api/account/second-factor': ownProved,
  'POST /api/account/second-factor/confirm': own,
  'DELETE /api/account/second-factor': ownProved,
  'POST /api/account/recovery': ownProved,
  'DELETE /api/account/sessions/:id': own,
  'DELETE /api/account/sessions': own,
  'GET /api/account/tokens': own,
  'POST /api/account/tokens': ownProved,
  'DELETE /api/account/tokens/:id': own,

  'GET /api/people': people,
  'POST /api/people': peopleProved,
  'PATCH /api/people/:id': peopleProved,
  'DELETE /api/people/:id': peopleProved,
  'POST /api/people/:id/invite': peopleProved,
  'DELETE /api/people/:id/second-factor': peopleProved,

  'GET /api/audit': { who: 'audit.read', estate: 'none' },
  'GET /api/audit/state': { who: 'audit.read', estate: 'none' },

  'GET /api/gateways': { who: 'device.look', estate: 'list' },
  'POST /api/gateways/:id/code': { who: 'gateway.manage', estate: 'named', proved: true },
  'POST /api/gateways/:id/revoke': { who: 'gateway.manage', estate: 'named', proved: true },
  'GET /api/gateways/:id/credentials': { who: 'device.look', estate: 'named' },
  'POST /api/gateways/:id/credentials': { who: 'gateway.manage', estate: 'named', proved: true },
  'DELETE /api/gateways/:id/credentials/:credential': { who: 'gateway.manage', estate: 'named' },
  // Proved by a code and a signature, by a token and a signature.
  'POST /api/gateways/enrol': open,
  'POST /api/gateways/rotate': open,

  'GET /api/discovery': { who: 'device.look', estate: 'list' },
  'POST /api/discovery/:id/confirm': { who: 'estate.change', estate: 'named' },
  'POST /api/discovery/:id/ignore': { who: 'estate.change', estate: 'named' },

  'GET /api/estates': lookAll,
  'GET /api/estates/:estate/definition': { who: 'device.look', estate: 'named' },
  'POST /api/estates/:estate/changes': { who: 'estate.change', estate: 'named' },
  'GET /api/assets': lookAll,
  'GET /api/assets/:estate/:asset': lookOne,
  'GET /api/points': lookAll,
  'GET /api/readings': lookOne,
  'GET /api/episodes': lookAll,
  'GET /api/tickets': lookAll,
  'GET /api/tickets/counts': lookAll,
  'GET /api/tickets/filters': own,
  'POST /api/tickets/filters': own,
  'DELETE /api/tickets/filters/:id': own,
  'GET /api/tickets/ledger': lookAll,
  // It names who reported what, and leaves the building.
  'GET /api/tickets/ledger/export': { who: 'ticket.act', estate: 'list' },
  'POST /api/tickets/bulk': { who: 'ticket.act', estate: 'list' },
  'GET /api/tickets/clocks': lookAll,
  'POST /api/tickets': { who: 'ticket.act', estate: 'named' },
  'GET /api/tickets/first-asked': lookAll,
  'GET /api/tickets/:id': lookOne,
  'POST /api/tickets/:id/files': { who: 'ticket.act', estate: 'named' },
  'GET /api/tickets/:id/files/:hash': lookOne,
  'POST /api/tickets/:id/events': { who: 'ticket.act', estate: 'named' },
  'POST /api/tickets/:id/sign-off-code': { who: 'ticket.act', estate: 'named' },
  'GET /api/estates/:estate/assignees': { who: 'ticket.act', estate: 'named' },
  'GET /api/estates/:estate/place-codes': { who: 'device.look', estate: 'named' },
  'POST /api/estates/:estate/place-codes': { who: 'ticket.direct', estate: 'named' },
  'DELETE /api/estates/:estate/place-codes/:code': { who: 'ticket.direct', estate: 'named' },
  'GET /api/planned-work': lookAll,
  'POST /api/planned-work': { who: 'planned.change', estate: 'named' },
  'DELETE /api/planned-work/:id': { who: 'planned.change', estate: 'named' },
  'GET /api/kpi': lookOne,
  'GET /api/kpi/stretches': lookOne,
  'GET /api/events': lookAll,
  'GET /api/quarantine': { who: 'device.look', estate: 'list' },

  'GET /api/standard': lookAny,
  'GET /api/standard/versions': lookAny,
  'GET /api/standard/versions/:a/diff/:b': lookAny,
  'POST /api/standard/reload': { who: 'standard.change', estate: 'none' },
  'DELETE /api/standard/versions/:number': { who: 'standard.change', estate: 'none' },
  'GET /api/standard/restatements': lookAll,
  // The past of every estate is judged anew.
  'POST /api/standard/restatements': { who: 'standard.change', estate: 'none', proved: true },
  'POST /api/standard/overrides/restatements': {
    who: 'limit.change',
    estate: 'named',
    proved: true,
  },
  'GET /api/standard/overrides': lookAll,
  'PUT /api/standard/overrides': { who: 'limit.change', estate: 'named' },
  'DELETE /api/standard/overrides': { who: 'limit.change', estate: 'named' },

  'GET /api/backtests': tests,
  'POST /api/backtests': tests,
  'GET /api/backtests/:id': { who: 'backtest.run', estate: 'named' },
  'DELETE /api/backtests/:id': { who: 'backtest.run', estate: 'named' },
};

/**
 * The rule of a route as Fastify knows it.
 * @throws Error for a route that is not in the table: nobody would have said who may call it
 */
export function ruleOf(method: string, url: string): RouteRule {
  const verb = method === 'HEAD' ? 'GET' : method;
  const path = url === '/docs' || url.startsWith('/docs/') ? '/docs*' : url;
  const rule = routeRules[`${verb} ${path}`];
  if (rule === undefined) throw new Error(`nobody has said who may call ${verb} ${url}`);
  return rule;
}
