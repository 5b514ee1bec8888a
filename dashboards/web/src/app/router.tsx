import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { auditSearch } from '../audit/search.ts';
import { OverviewPage } from '../overview/OverviewPage.tsx';
import { Frame } from '../shell/Frame.tsx';
import { NotFound } from '../shell/NotFound.tsx';
import { PageError } from '../shell/PageError.tsx';
import { type Check, checks } from '../standard/find.ts';
import { ledgerSearch } from '../tickets/ledger/search.ts';
import { ticketsSearch } from '../tickets/list/search.ts';

type Search = Record<string, unknown>;
interface StandardSearch {
  find?: string | undefined;
  check?: Check | undefined;
}
/** The address parser reads `?find=12` as a number; a filter is always text. */
const text = (value: unknown) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'
    ? String(value)
    : undefined;
function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === String(value));
}

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: PageError,
  validateSearch: (search: Search): { estate?: string | undefined } => ({
    estate: text(search.estate),
  }),
  search: { middlewares: [retainSearchParams(['estate'])] },
});
const overview = createRoute({ getParentRoute: () => root, path: '/', component: OverviewPage });
const touchpoint = createRoute({
  getParentRoute: () => root,
  path: '/touchpoints/$group',
  component: lazyRouteComponent(() => import('../overview/TouchpointPage.tsx'), 'TouchpointPage'),
});
const assets = createRoute({
  getParentRoute: () => root,
  path: '/assets',
  validateSearch: (search: Search): { find?: string | undefined } => ({
    find: text(search.find),
  }),
  component: lazyRouteComponent(() => import('../overview/AssetsPage.tsx'), 'AssetsPage'),
});
const asset = createRoute({
  getParentRoute: () => root,
  path: '/assets/$estate/$asset',
  validateSearch: (search: Search): { range?: '1h' | '7d' | undefined } => ({
    range: oneOf(search.range, ['1h', '7d']),
  }),
  component: lazyRouteComponent(() => import('../asset/AssetPage.tsx'), 'AssetPage'),
});
const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  validateSearch: ticketsSearch,
  component: lazyRouteComponent(() => import('../tickets/TicketsPage.tsx'), 'TicketsPage'),
});
const newTicket = createRoute({
  getParentRoute: () => root,
  path: '/tickets/new',
  validateSearch: (search: Search): { asset?: string | undefined } => ({
    asset: text(search.asset),
  }),
  component: lazyRouteComponent(() => import('../tickets/NewTicketPage.tsx'), 'NewTicketPage'),
});
const ledger = createRoute({
  getParentRoute: () => root,
  path: '/tickets/ledger',
  validateSearch: ledgerSearch,
  component: lazyRouteComponent(() => import('../tickets/ledger/LedgerPage.tsx'), 'LedgerPage'),
});
const missed = createRoute({
  getParentRoute: () => root,
  path: '/tickets/missed',
  validateSearch: (search: Search): { days?: '30' | 'all' | undefined } => ({
    days: oneOf(search.days, ['30', 'all']),
  }),
  component: lazyRouteComponent(() => import('../tickets/missed/MissedPage.tsx'), 'MissedPage'),
});
const ticket = createRoute({
  getParentRoute: () => root,
  path: '/tickets/$ticket',
  component: lazyRouteComponent(() => import('../tickets/TicketPage.tsx'), 'TicketPage'),
});
const code = createRoute({
  getParentRoute: () => root,
  path: '/c/$code',
  component: lazyRouteComponent(() => import('../tickets/scan/CodePage.tsx'), 'CodePage'),
});
const uptime = createRoute({
  getParentRoute: () => root,
  path: '/uptime',
  validateSearch: (search: Search): { days?: 30 | undefined } => ({
    days: Number(search.days) === 30 ? 30 : undefined,
  }),
  component: lazyRouteComponent(() => import('../uptime/UptimePage.tsx'), 'UptimePage'),
});
const standard = createRoute({
  getParentRoute: () => root,
  path: '/standard',
  validateSearch: (search: Search): StandardSearch => ({
    find: text(search.find),
    check: oneOf(search.check, checks),
  }),
  component: lazyRouteComponent(() => import('../standard/StandardPage.tsx'), 'StandardPage'),
});
const devices = createRoute({
  getParentRoute: () => root,
  path: '/devices',
  component: lazyRouteComponent(() => import('../gateways/DevicesPage.tsx'), 'DevicesPage'),
});

const discovery = createRoute({
  getParentRoute: () => root,
  path: '/discovery',
  validateSearch: (search: Search): { show?: 'ignored' | 'confirmed' | undefined } => ({
    show: oneOf(search.show, ['ignored', 'confirmed']),
  }),
  component: lazyRouteComponent(() => import('../discovery/DiscoveryPage.tsx'), 'DiscoveryPage'),
});
const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/AccountPage.tsx'), 'AccountPage'),
});
const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyRouteComponent(() => import('../people/PeoplePage.tsx'), 'PeoplePage'),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../audit/AuditPage.tsx'), 'AuditPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  staticData: { outside: true },
  validateSearch: (search: Search): { to?: string | undefined; problem?: string | undefined } => ({
    to: text(search.to),
    problem: text(search.problem),
  }),
  component: lazyRouteComponent(() => import('../sign-in/SignInPage.tsx'), 'SignInPage'),
});
const first = createRoute({
  getParentRoute: () => root,
  path: '/first',
  staticData: { outside: true },
  component: lazyRouteComponent(() => import('../sign-in/FirstPage.tsx'), 'FirstPage'),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite',
  staticData: { outside: true },
  component: lazyRouteComponent(() => import('../sign-in/InvitePage.tsx'), 'InvitePage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    touchpoint,
    assets,
    asset,
    tickets,
    ledger,
    missed,
    newTicket,
    ticket,
    code,
    uptime,
    standard,
    devices,
    discovery,
    account,
    people,
    audit,
    signIn,
    first,
    invite,
  ]),
  scrollRestoration: true,
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    /** For those who are not signed in. */
    outside?: boolean;
  }
}
