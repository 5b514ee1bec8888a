import type { StandardVersion } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { versionsQuery } from '../api/queries.ts';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import form from '../ui/Form.module.css';
import { Skeleton } from '../ui/Skeleton.tsx';
import { When } from '../ui/When.tsx';
import styles from './Changes.module.css';
import { Diff } from './Diff.tsx';
import group from './Group.module.css';
import { firstPair, type Pair, standingOf } from './pair.ts';

/** Every version of the standard, and what reads otherwise between two. Fetched when opened. */
export function Changes() {
  const { t } = useTranslation('standard');
  const [open, setOpen] = useState(false);
  return (
    <details className={group.group} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{t('changes.title')}</h2>
      </summary>
      {open && <Versions />}
    </details>
  );
}

function Versions() {
  const { t } = useTranslation('standard');
  const versions = useQuery(versionsQuery);
  const data = versions.data;
  return (
    <div className={styles.body}>
      {versions.error !== null && (
        <ErrorBand
          error={versions.error}
          onRetry={() => void versions.refetch()}
          dataFrom={versions.dataUpdatedAt}
        />
      )}
      {versions.isPending && <Skeleton heights={[40, 40]} />}
      {data?.length === 0 && <p className="muted">{t('changes.empty')}</p>}
      {data !== undefined && data.length > 0 && (
        <>
          <ol className={styles.versions}>
            {data.map((version) => (
              <Version key={version.number} version={version} />
            ))}
          </ol>
          <Compare versions={data} />
        </>
      )}
    </div>
  );
}

function Version({ version }: { readonly version: StandardVersion }) {
  const { t } = useTranslation('standard');
  const now = useNow(60_000);
  const standing = standingOf(version, now);
  return (
    <li>
      <span>
        <strong>{t('changes.number', { number: version.number })}</strong> {version.version}
      </span>
      {standing !== 'past' && <span className={styles.standing}>{t(`changes.${standing}`)}</span>}
      <span>
        {t(standing === 'toCome' || standing === 'withdrawn' ? 'changes.from' : 'changes.since')}{' '}
        <When at={version.effective} />
        {version.until !== null && (
          <>
            {' '}
            {t('changes.until')} <When at={version.until} />
          </>
        )}
      </span>
      <span className="muted">{t('changes.by', { by: version.by })}</span>
      {version.restated !== null && (
        <span className="muted">
          {t('changes.restated')} <When at={version.restated.at} />
        </span>
      )}
      {version.replacedBy !== null && (
        <span className="muted">{t('changes.replacedBy', { number: version.replacedBy })}</span>
      )}
      {version.withdrawn !== null && (
        <span className="muted">
          {t('changes.withdrawnBy', { by: version.withdrawn.by })}{' '}
          <When at={version.withdrawn.at} />
        </span>
      )}
      {version.note !== '' && <span className={styles.note}>{version.note}</span>}
    </li>
  );
}

/** Two versions to choose, and what changed from the one to the other. */
function Compare({ versions }: { readonly versions: readonly StandardVersion[] }) {
  const { t } = useTranslation('standard');
  const [chosen, choose] = useState<Pair | null>(null);
  const pair = chosen ?? firstPair(versions);
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(3_600_000);
  if (pair === null) return <p className="muted">{t('changes.only')}</p>;
  const select = (side: keyof Pair, label: string) => (
    <label>
      {label}{' '}
      <select
        className={form.field}
        value={pair[side]}
        onChange={(event) => choose({ ...pair, [side]: Number(event.currentTarget.value) })}
      >
        {versions.map(({ number, effective }) => (
          <option key={number} value={number}>
            {t('changes.option', { number, time: formatInstant(effective, zone, language, now) })}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <div className={styles.compare}>
        {select('from', t('changes.old'))}
        {select('to', t('changes.new'))}
      </div>
      <Diff {...pair} />
    </>
  );
}
