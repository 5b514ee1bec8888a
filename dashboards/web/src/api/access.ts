import type {
  Account,
  AuditRow,
  AuditState,
  CompanyLink,
  GatewayAccess,
  Page,
  Person,
  Token,
} from '@caretaker/cloud/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, getAll } from './client.ts';

/** One's own account. */
export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => get<Account>('/api/account', {}, signal),
});

/** Whether one's own account is linked to that of one's company. */
export const companyQuery = queryOptions({
  queryKey: ['account', 'company'],
  queryFn: ({ signal }) => get<CompanyLink>('/api/oidc/link', {}, signal),
});

/** One's own tokens. */
export const tokensQuery = queryOptions({
  queryKey: ['account', 'tokens'],
  queryFn: ({ signal }) => get<{ items: Token[] }>('/api/account/tokens', {}, signal),
});

/** Everybody who may sign in. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: () => getAll<Person>('/api/people'),
});

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Rows of the audit log, newest first, a page at a time. */
export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<AuditRow>>('/api/audit', { ...filter, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** How far the audit log reaches, and what of it was noted outside the database. */
export const auditStateQuery = queryOptions({
  queryKey: ['audit', 'state'],
  queryFn: ({ signal }) => get<AuditState>('/api/audit/state', {}, signal),
});

/** Keys of the gateways of an estate, and the credentials that they report. */
export function gatewaysQuery(estate: string | undefined) {
  return queryOptions({
    queryKey: ['gateways', estate],
    queryFn: () => getAll<GatewayAccess>('/api/gateways', { estate }),
    enabled: estate !== undefined,
    refetchInterval: 30_000,
  });
}
