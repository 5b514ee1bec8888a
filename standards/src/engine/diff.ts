import type { Text } from '@caretaker/readings/base';
import type { Episode, EpisodeChange, EpisodeKey } from './engine.ts';

const late: Text = {
  en: 'Late readings show no breach then.',
  zh: '迟到的读数表明当时并未超限。',
};

/**
 * What turns the episodes said into those that hold. An episode whose onset moved is amended when the two
 * overlap in time. Withdrawals come first, then amendments, then openings; each by subject, rule and onset.
 * @param unmade why there is no breach where one was said
 */
export function diffEpisodes(
  said: readonly Episode[],
  holds: readonly Episode[],
  unmade: Text = late,
): EpisodeChange[] {
  const groups = new Map<string, { said: Episode[]; holds: Episode[] }>();
  const groupOf = (episode: Episode) => {
    const key = `${episode.subject}\n${episode.rule}`;
    const group = groups.get(key) ?? { said: [], holds: [] };
    groups.set(key, group);
    return group;
  };
  for (const episode of said) groupOf(episode).said.push(episode);
  for (const episode of holds) groupOf(episode).holds.push(episode);
  const changes = [...groups.keys()].sort().flatMap((key) => {
    const group = groups.get(key) ?? { said: [], holds: [] };
    return diffOne(group.said, group.holds, unmade);
  });
  const order = { withdrawn: 0, amended: 1, opened: 2 };
  return changes.sort((a, b) => order[a.type] - order[b.type]);
}

/** The same for episodes of one rule on one subject. */
export function diffOne(
  said: readonly Episode[],
  holds: readonly Episode[],
  unmade: Text = late,
): EpisodeChange[] {
  const [was, now] = [said[0], holds[0]];
  if (was === undefined) return holds.map((episode) => ({ type: 'opened', episode }));
  if (said.length === 1 && holds.length === 1 && was.onset === now?.onset) {
    return sameEpisode(was, now) ? [] : [{ type: 'amended', was: keyOf(was), episode: now }];
  }
  const unsaid = new Map(holds.map((episode) => [episode.onset, episode]));
  const changes: EpisodeChange[] = [];
  const gone: Episode[] = [];
  for (const episode of said) {
    const now = unsaid.get(episode.onset);
    unsaid.delete(episode.onset);
    if (now === undefined) gone.push(episode);
    else if (!sameEpisode(episode, now)) {
      changes.push({ type: 'amended', was: keyOf(episode), episode: now });
    }
  }
  for (const episode of gone) {
    const moved = [...unsaid.values()].find((other) => overlap(episode, other));
    if (moved === undefined) {
      changes.unshift({ type: 'withdrawn', was: keyOf(episode), reason: unmade });
    } else {
      unsaid.delete(moved.onset);
      changes.push({ type: 'amended', was: keyOf(episode), episode: moved });
    }
  }
  for (const episode of unsaid.values()) changes.push({ type: 'opened', episode });
  return changes;
}

function keyOf({ subject, rule, onset }: Episode): EpisodeKey {
  return { subject, rule, onset };
}

function overlap(a: Episode, b: Episode): boolean {
  const end = Number.POSITIVE_INFINITY;
  return a.onset <= (b.end ?? end) && b.onset <= (a.end ?? end);
}

function sameEpisode(a: Episode, b: Episode): boolean {
  if (a === b) return true;
  return (
    a.item === b.item &&
    a.onset === b.onset &&
    a.detected === b.detected &&
    a.end === b.end &&
    a.worst === b.worst &&
    a.worstAt === b.worstAt &&
    a.severity === b.severity &&
    a.effect === b.effect &&
    a.standardVersion === b.standardVersion &&
    a.latched === b.latched &&
    a.history === b.history &&
    a.why.en === b.why.en &&
    a.why.zh === b.why.zh
  );
}
