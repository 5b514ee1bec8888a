import type { FastifyRequest } from 'fastify';
import type { Grant, Principal } from '../../identity/principal.ts';
import type { Audience } from '../../live/streams.ts';
import { covers, reachOf } from '../../policy/actions.ts';
import type { Api } from '../api.ts';

/**
 * Who hears an event stream: as long as the session or token is good, and only of estates that they may know of then.
 * @param estate the only one that is asked for; null for all
 */
export function audienceOf(api: Api, { access }: FastifyRequest, estate: string | null): Audience {
  const { principal } = access;
  const hearsBy = (who: Principal) => {
    const sight = reachOf(who, 'look');
    return (of: string) => covers(sight, of) && (estate === null || estate === of);
  };
  return {
    hears: hearsBy(principal),
    async renew() {
      const grants = await grantsNow(api, principal);
      return grants === null ? null : hearsBy({ ...principal, grants } as Principal);
    },
  };
}

async function grantsNow(
  { identity, clock }: Api,
  principal: Principal,
): Promise<readonly Grant[] | null> {
  const now = clock.now();
  if (principal.kind === 'person') return identity.sessions.grantsNow(principal.session, now);
  if (principal.kind === 'token') return identity.tokens.grantsNow(principal.id, now);
  return null;
}
