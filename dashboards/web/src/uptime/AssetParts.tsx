import type { AssetUptime } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatExactDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import type { Part } from './figures.ts';
import styles from './Stretches.module.css';

interface Props {
  readonly assets: readonly AssetUptime[];
  readonly part: Part;
  readonly onOpen: (asset: string) => void;
}

/** The assets that make up a figure of many, most first, and their sum. */
export function AssetParts({ assets, part, onOpen }: Props) {
  const { t } = useTranslation('uptime');
  const say = usePick();
  const language = useLanguage();
  const own = assets
    .filter((one) => one.time[part] > 0)
    .toSorted((a, b) => b.time[part] - a.time[part]);
  if (own.length === 0) return <p className="muted">{t('drawer.none')}</p>;
  const sum = own.reduce((total, one) => total + one.time[part], 0);
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('drawer.asset')}</th>
          <th scope="col" className={styles.number}>
            {t('drawer.length')}
          </th>
        </tr>
      </thead>
      <tbody>
        {own.map((one) => (
          <tr key={one.asset}>
            <td>
              <button type="button" className={styles.link} onClick={() => onOpen(one.asset)}>
                {say(one.name)}
              </button>
            </td>
            <td className={styles.number}>{formatExactDuration(one.time[part], language)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('drawer.sum')}</th>
          <td className={styles.number}>{formatExactDuration(sum, language)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
