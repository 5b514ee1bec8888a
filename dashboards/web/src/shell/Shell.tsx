import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { followEstate } from '../app/live.ts';
import { useEstate } from '../live/use-live.ts';
import { useConfirmAsked } from '../session/confirm.ts';
import { useStatus } from '../session/use-session.ts';
import { Toasts } from '../tickets/Toasts.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { BottomBar } from './BottomBar.tsx';
import { GatewayBands } from './GatewayBands.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { listenForKeys } from './keys.ts';
import { Rail } from './Rail.tsx';
import styles from './Shell.module.css';
import { StreamBand } from './StreamBand.tsx';
import { TopBar } from './TopBar.tsx';
import { useEstateList } from './use-estate-list.ts';
import { usePlaceKeys } from './use-place-keys.ts';

const ConfirmDialog = lazy(async () => ({
  default: (await import('../session/ConfirmDialog.tsx')).ConfirmDialog,
}));
const LapsedDialog = lazy(async () => ({
  default: (await import('../session/LapsedDialog.tsx')).LapsedDialog,
}));

/** What stands round every page, and what keeps it live. */
export function Shell() {
  const { t } = useTranslation('shell');
  const [help, setHelp] = useState(false);
  const estate = useEstate()?.id;
  const lapsed = useStatus().kind === 'lapsed';
  useEstateList();
  useEffect(
    () => (estate === undefined || lapsed ? undefined : followEstate(estate)),
    [estate, lapsed],
  );
  useEffect(listenForKeys, []);
  usePlaceKeys(setHelp);
  useFocusOnNewPage();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {t('skip')}
      </a>
      <Rail />
      <TopBar onHelp={() => setHelp(true)} />
      <main id="content" className={styles.content} tabIndex={-1}>
        <StreamBand />
        <GatewayBands />
        <Suspense fallback={<Skeleton heights={[32, 180, 180]} />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomBar />
      <Toasts />
      <HelpDialog opened={help} onClose={() => setHelp(false)} />
      <Questions />
    </div>
  );
}

/** What the service asks in between: the password once more, or to sign in again. */
function Questions() {
  const status = useStatus();
  const confirm = useConfirmAsked();
  return (
    <Suspense>
      {confirm && <ConfirmDialog />}
      {status.kind === 'lapsed' && <LapsedDialog now={status.session} before={status.before} />}
    </Suspense>
  );
}

/** After a link, reading goes on at the new page and not at the menu. */
function useFocusOnNewPage(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  useEffect(() => {
    if (path === undefined || document.activeElement === document.body) return;
    document.getElementById('content')?.focus({ preventScroll: true });
  }, [path]);
}
