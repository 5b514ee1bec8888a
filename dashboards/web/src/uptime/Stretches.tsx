import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { episodesByIdQuery, stretchesQuery } from '../api/queries.ts';
import { formatExactDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { type Part, stretchesOf } from './figures.ts';
import styles from './Stretches.module.css';
import { StretchRow } from './StretchRow.tsx';

interface Props {
  readonly asset: string;
  readonly part: Part;
  readonly from: number;
  readonly to: number;
  /** Milliseconds that the sum must equal. */
  readonly figure: number;
}

/** The stretches behind one figure of one asset, oldest first, with their sum. */
export function Stretches({ asset, part, from, to, figure }: Props) {
  const { t } = useTranslation('uptime');
  const language = useLanguage();
  const query = useQuery(stretchesQuery(asset, from, to));
  const [estate = '', id = ''] = asset.split('/');
  const { own, sum } = stretchesOf(query.data?.stretches ?? [], part);
  const behind = useQuery(episodesByIdQuery([...new Set(own.flatMap(({ episodes }) => episodes))]));
  const episodes = new Map(behind.data?.map((episode) => [episode.id, episode]));
  if (query.error !== null) {
    return <ErrorBand error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined) return <Skeleton heights={[40, 40, 40]} />;
  return (
    <>
      {own.length === 0 ? (
        <p className="muted">{t('drawer.none')}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('drawer.from')}</th>
              <th scope="col">{t('drawer.to')}</th>
              <th scope="col" className={styles.number}>
                {t('drawer.length')}
              </th>
              <th scope="col">{t('drawer.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {own.map((stretch) => (
              <StretchRow key={stretch.from} stretch={stretch} end={to} episodes={episodes} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t('drawer.sum')}
              </th>
              <td className={styles.number}>{formatExactDuration(sum, language)}</td>
              <td>{t('drawer.stretches', { count: own.length })}</td>
            </tr>
          </tfoot>
        </table>
      )}
      {sum !== figure && (
        <p className="muted">
          {t('drawer.differs', {
            difference: formatExactDuration(Math.abs(sum - figure), language),
          })}
        </p>
      )}
      <Link to="/assets/$estate/$asset" params={{ estate, asset: id }}>
        {t('drawer.toAsset')}
      </Link>
    </>
  );
}
