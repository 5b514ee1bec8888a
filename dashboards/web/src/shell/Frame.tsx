import { Outlet, useMatches, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { session } from '../session/session.ts';
import { useStatus } from '../session/use-session.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Shell } from './Shell.tsx';

const Outside = lazy(async () => ({ default: (await import('../sign-in/Frame.tsx')).Frame }));
const askAgainAfter = 2000;

/** Who is not signed in sees the ways in and nothing else; who is, the page with all that stands round it. */
export function Frame() {
  const status = useStatus();
  const outside = useMatches({
    select: (matches) => matches.some((match) => match.staticData.outside === true),
  });
  useAskAgain(status.kind === 'asking' && status.error !== null);
  if (status.kind === 'asking') {
    if (status.error === null) return null;
    return (
      <Suspense>
        <Outside>
          <ErrorBand error={status.error} onRetry={() => void session.ask()} />
        </Outside>
      </Suspense>
    );
  }
  if (outside) {
    return (
      <Suspense>
        <Outside>
          <Suspense fallback={<Skeleton heights={[28, 64, 64]} />}>
            <Outlet />
          </Suspense>
        </Outside>
      </Suspense>
    );
  }
  if (status.kind !== 'out') return <Shell />;
  return <WayIn first={status.session.first} />;
}

/** Leads to the way in, once: the address changes before the page does. */
function WayIn({ first }: { readonly first: boolean }) {
  const router = useRouter();
  useEffect(() => {
    const wanted = router.latestLocation.href;
    const to = wanted === '/' ? undefined : wanted;
    if (first) void router.navigate({ to: '/first', replace: true });
    else void router.navigate({ to: '/sign-in', search: { to }, replace: true });
  }, [router, first]);
  return null;
}

function useAskAgain(when: boolean): void {
  useEffect(() => {
    if (!when) return;
    const timer = setInterval(() => void session.ask(), askAgainAfter);
    return () => clearInterval(timer);
  }, [when]);
}
