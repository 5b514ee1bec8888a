import { type Loss, removedBy, type Tombstone } from '../journal/index.ts';
import type { Figures } from './figures.ts';
import { html, type Markup } from './html.ts';
import { table } from './parts.ts';
import type { GatewayStatus } from './status.ts';
import { fill, type Words } from './texts.ts';

const MOST_ROWS = 10;
const REASONS = ['size', 'disk', 'age'] as const;

/** What the journal once held and holds no more, the newest first; nothing when there is none. */
export function gone(
  { losses, tombstones }: Pick<GatewayStatus['journal'], 'losses' | 'tombstones'>,
  figures: Figures,
  w: Words,
): Markup | null {
  if (losses.length + tombstones.length === 0) return null;
  const rows = [
    ...losses.map((loss) => ({ at: loss.at, cells: lost(loss, figures, w) })),
    ...tombstones.map((one) => ({ at: one.at, cells: thinned(one, figures, w) })),
  ]
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MOST_ROWS)
    .map(({ cells }) => cells);
  return html`<section><h2>${w.gone}</h2>${table([w.what, w.received, w.sequences, w.count], rows)}</section>`;
}

function lost({ reason, from, to, since, until }: Loss, figures: Figures, w: Words): string[] {
  const count = from === null || to === null ? '?' : figures.count(to - from + 1);
  return [fill(w.lost, reason), times(since, until, figures), places(from, to), count];
}

function thinned(tombstone: Tombstone, figures: Figures, w: Words): string[] {
  const { reason, since, until, from, to } = tombstone;
  const why = w.thinnedFor.split(';')[REASONS.indexOf(reason)] ?? reason;
  const count = figures.count(removedBy(tombstone));
  return [fill(w.thinned, why), times(since, until, figures), places(from, to), count];
}

function places(from: number | null, to: number | null): string {
  return from === null || to === null ? '?' : `${from}–${to}`;
}

function times(since: number | null, until: number | null, figures: Figures): string {
  const time = (at: number | null) => (at === null ? '?' : figures.time(at));
  return `${time(since)} – ${time(until)}`;
}
