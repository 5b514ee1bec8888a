import type { BucketsOfTime, Kpi } from '@caretaker/cloud/contract';
import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatExactDuration } from '../format/duration.ts';
import { formatHundredths } from '../format/number.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { AssetParts } from './AssetParts.tsx';
import styles from './FigureDrawer.module.css';
import { figuresOf } from './figures.ts';
import type { Opened } from './opened.ts';
import { Stretches } from './Stretches.tsx';

interface Props {
  readonly kpi: Kpi;
  readonly opened: Opened | null;
  readonly onOpen: (opened: Opened) => void;
  readonly onClose: () => void;
}

/** What a figure is made of: the formula in words, the rows behind it, and their sum. */
export function FigureDrawer({ kpi, opened, onOpen, onClose }: Props) {
  const { t } = useTranslation(['uptime', 'shell']);
  const say = usePick();
  const row = opened === null ? undefined : rowOf(kpi, opened);
  const title =
    row?.name === null ? t('uptime:all', { count: kpi.assets.length }) : row && say(row.name);
  return (
    <Drawer
      opened={opened !== null}
      onClose={onClose}
      position="right"
      size={720}
      title={title}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      {opened !== null && row !== undefined && (
        <div className={styles.drawer}>
          <Figure opened={opened} time={row.time} />
          {opened.kind === 'asset' ? (
            <Stretches
              asset={opened.id}
              part={opened.part}
              from={kpi.from}
              to={kpi.to}
              figure={row.time[opened.part]}
            />
          ) : (
            <AssetParts
              assets={kpi.assets.filter((one) => opened.kind === 'all' || one.group === opened.id)}
              part={opened.part}
              onOpen={(id) => onOpen({ kind: 'asset', id, part: opened.part })}
            />
          )}
        </div>
      )}
    </Drawer>
  );
}

function rowOf(kpi: Kpi, opened: Opened) {
  if (opened.kind === 'all') return { name: null, time: kpi.all };
  if (opened.kind === 'group') return kpi.groups.find((one) => one.group === opened.id);
  return kpi.assets.find((one) => one.asset === opened.id);
}

function Figure({ opened, time }: { readonly opened: Opened; readonly time: BucketsOfTime }) {
  const { t } = useTranslation('uptime');
  const language = useLanguage();
  const figures = figuresOf(time);
  if (figures === null) return null;
  return (
    <div>
      <p className={styles.figure}>
        {t('drawer.figure', {
          bucket: t(opened.part),
          share: formatHundredths(figures[opened.part], language),
          part: formatExactDuration(time[opened.part], language),
          required: formatExactDuration(time.required, language),
        })}
      </p>
      <p className="muted">
        {t(opened.kind === 'asset' ? 'drawer.formula' : 'drawer.formulaGroup')}
      </p>
    </div>
  );
}
