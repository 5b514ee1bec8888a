import type { AuditRow } from '@caretaker/cloud/contract';
import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatExact } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Audit.module.css';
import { actorCode } from './actor.ts';
import { rowsOf } from './detail.ts';
import type { AuditSearch } from './search.ts';
import { useActionWord } from './use-action-word.ts';
import { useActorWord } from './use-actor-word.ts';

interface Props {
  readonly row: AuditRow;
  readonly onClose: () => void;
  readonly onFilter: (filter: AuditSearch) => void;
}

/** All that is kept of one row, and the ways to its neighbours. */
export function AuditDrawer({ row, onClose, onFilter }: Props) {
  const { t } = useTranslation(['audit', 'shell']);
  const language = useLanguage();
  const zone = useZone();
  const say = useActionWord();
  const who = useActorWord();
  const actor = actorCode(row.actor);
  const facts: readonly (readonly [string, string, string?])[] = [
    [t('audit:at'), `${formatExact(row.at, zone, language)} (${zone})`],
    [t('audit:actor'), who(row.actor), actor],
    [t('audit:what'), say(row.action), row.action],
    [t('audit:object'), row.object],
  ];
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={t('audit:entry', { number: row.number })}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <div className={styles.drawer}>
        <dl className={styles.facts}>
          {facts.map(([name, value, code]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {value}
                {code !== undefined && code !== value && (
                  <code className={styles.small}>{code}</code>
                )}
              </dd>
            </div>
          ))}
        </dl>
        <Content detail={row.detail} />
        <div className={styles.ways}>
          <Button onClick={() => onFilter({ actor })}>{t('audit:sameActor')}</Button>
          <Button onClick={() => onFilter({ object: row.object })}>{t('audit:sameObject')}</Button>
        </div>
      </div>
    </Drawer>
  );
}

function Content({ detail }: { readonly detail: unknown }) {
  const { t } = useTranslation('audit');
  if (detail === null) return <p className={styles.erased}>{t('erasedWhy')}</p>;
  const rows = rowsOf(detail);
  if (rows.length === 0) return <p className="muted">{t('noDetail')}</p>;
  return (
    <section>
      <h3>{t('detail')}</h3>
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
