import type { Episode } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { formatDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useTicketRef } from '../tickets/use-ticket-ref.ts';
import styles from './EpisodeLane.module.css';
import type { Span } from './series.ts';

interface Props {
  readonly episodes: readonly Episode[];
  readonly window: Span;
}

/** The episodes under the plot, on its own time axis; each opens its ticket. */
export function EpisodeLane({ episodes, window }: Props) {
  return (
    <div className={styles.lane}>
      {episodes.map((episode) => (
        <Bar key={episode.id} episode={episode} window={window} />
      ))}
    </div>
  );
}

function Bar({ episode, window }: { readonly episode: Episode; readonly window: Span }) {
  const say = usePick();
  const language = useLanguage();
  const ref = useTicketRef(episode.ticket, episode.subject);
  const length = window.to - window.from;
  const from = Math.max(episode.onset, window.from);
  const to = Math.min(episode.end ?? window.to, window.to);
  const percent = (at: number) => ((at - window.from) / length) * 100;
  const style = { left: `${percent(from)}%`, width: `max(3px, ${percent(to) - percent(from)}%)` };
  const duration = formatDuration((episode.end ?? window.to) - episode.onset, language);
  const label = `${say(episode.why)} (${duration})`;
  const shared = {
    className: styles.bar ?? '',
    style,
    title: label,
    'data-mark': episode.effect === 'unknown' ? 'unknown' : episode.severity,
    'data-open': episode.end === null || undefined,
  };
  if (episode.ticket === null) return <span {...shared} role="img" aria-label={label} />;
  return (
    <Link
      to="/tickets/$ticket"
      params={{ ticket: String(episode.ticket) }}
      aria-label={`${ref} ${label}`}
      {...shared}
    >
      <span>{ref}</span>
    </Link>
  );
}
