import type { Episode, Stretch } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatExactDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useTicketRef } from '../tickets/use-ticket-ref.ts';
import { When } from '../ui/When.tsx';
import styles from './Stretches.module.css';

interface Props {
  readonly stretch: Stretch;
  /** End of the period. */
  readonly end: number;
  /** Episodes loaded so far, by number. */
  readonly episodes: ReadonlyMap<number, Episode>;
}

export function StretchRow({ stretch, end, episodes }: Props) {
  const { t } = useTranslation('uptime');
  const say = usePick();
  const language = useLanguage();
  return (
    <tr>
      <td>
        <When at={stretch.from} />
      </td>
      <td>{stretch.to === end ? t('drawer.openEnd') : <When at={stretch.to} />}</td>
      <td className={styles.number}>{formatExactDuration(stretch.to - stretch.from, language)}</td>
      <td>
        {stretch.bucket === 'degraded' && `${t('degraded')} · `}
        {say(stretch.reason)}
        {stretch.episodes.map((id) => (
          <EpisodeLink key={id} id={id} episode={episodes.get(id)} />
        ))}
      </td>
    </tr>
  );
}

function EpisodeLink({
  id,
  episode,
}: {
  readonly id: number;
  readonly episode: Episode | undefined;
}) {
  const { t } = useTranslation('uptime');
  const ref = useTicketRef(episode?.ticket ?? null, episode?.subject ?? '');
  const ticket = episode?.ticket ?? null;
  return (
    <span className={styles.episode}>
      {t('drawer.episode', { id })}
      {ticket !== null && (
        <>
          {' · '}
          <Link to="/tickets/$ticket" params={{ ticket: String(ticket) }}>
            {ref}
          </Link>
        </>
      )}
    </span>
  );
}
