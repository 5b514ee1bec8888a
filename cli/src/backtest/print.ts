import type { BacktestResult } from '@caretaker/cloud';

type Figures = BacktestResult['total']['draft'];

interface Setting {
  /** What the draft was read from; null when the standard in force was asked for. */
  readonly draft: string | null;
  /** IANA zone of the times shown. */
  readonly zone: string;
}

const share = (value: number | null) => (value === null ? '–' : `${Math.round(value * 100)} %`);
const signed = (sign: '+' | '−', count: number) => (count === 0 ? '' : `${sign}${count}`);

/** Its columns: a title, and what stands in it. The first is as wide as it must be. */
const figureColumns: readonly (readonly [string, (figures: Figures) => string])[] = [
  ['tickets', ({ tickets }) => String(tickets)],
  ['a week', ({ ticketsPerWeek }) => ticketsPerWeek.toFixed(1)],
  ['hours', ({ breachHours }) => breachHours.toFixed(1)],
  ['cleared', ({ selfClearedShare }) => share(selfClearedShare)],
  ['≤ 15 min', ({ briefShare }) => share(briefShare)],
  ['at night', ({ nightShare }) => share(nightShare)],
];

/** The result for people: what was judged, a row for each item, and how to read it. */
export function resultLines(result: BacktestResult, { draft, zone }: Setting): string[] {
  const compared = draft !== null;
  const lines = [...heading(result, draft, zone), ''];
  if (result.first === null) return [...lines, 'There are no readings in this period.'];
  if (result.items.length === 0) return [...lines, 'Nothing would have breached the standard.'];
  const rows = result.items.map((item) => [item.item, item.name.en, ...cellsOf(item, compared)]);
  const titles = figureColumns.map(([title]) => title);
  const more = compared ? ['in force', '+', '−'] : [];
  lines.push(
    ...table(
      ['item', 'what must hold', ...titles, ...more],
      [...rows, ['all', '', ...cellsOf(result.total, compared)]],
    ),
    '',
    'hours: in breach. cleared: over by itself. at night: opened from 22:00 to 06:00.',
  );
  if (compared) {
    lines.push(
      'in force: tickets of the standard in force. +, −: tickets that only the draft, or only the standard in force, would have opened.',
    );
  }
  return lines;
}

function heading(result: BacktestResult, draft: string | null, zone: string): string[] {
  const { from, to, first, last, readings, elapsedMs, changedRules } = result;
  const days = ((to - from) / 86_400_000).toFixed(1).replace('.0', '');
  const day = (instant: number) =>
    Temporal.Instant.fromEpochMilliseconds(instant)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'minute' })
      .replace('T', ' ');
  const name =
    draft === null
      ? `The standard in force, ${result.inForce}`
      : `Draft ${result.draft} (${draft}) against the standard in force, ${result.inForce}`;
  const lines = [
    `${name}, on ${result.estates.join(', ')}`,
    `${day(from)} to ${day(to)}, ${days} days: ${readings.toLocaleString('en')} readings judged in ${(elapsedMs / 1000).toFixed(1)} s`,
  ];
  // A store that holds little would otherwise make a quiet draft.
  const hour = 3_600_000;
  if (first !== null && last !== null && (first - from > hour || to - last > hour)) {
    lines.push(
      `There are readings only from ${day(first)} to ${day(last)}; "a week" counts from the first.`,
    );
  }
  if (draft !== null) {
    const named = changedRules.map(({ rule, change }) =>
      change === 'changed' ? rule : `${rule} (${change})`,
    );
    lines.push(
      named.length === 0
        ? 'No rule differs from the standard in force.'
        : `Rules that differ: ${named.join(', ')}`,
    );
  }
  return lines;
}

function cellsOf(row: BacktestResult['total'], compared: boolean): string[] {
  const own = figureColumns.map(([, of]) => of(row.draft));
  if (!compared) return own;
  return [...own, String(row.inForce.tickets), signed('+', row.added), signed('−', row.removed)];
}

const widestName = 48;

/** Names to the left, figures to the right, the last row set off. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cut = (text: string) =>
    text.length > widestName ? `${text.slice(0, widestName - 1)}…` : text;
  const all = [titles, ...rows].map((row) => row.map(cut));
  const widths = titles.map((_, k) => Math.max(...all.map((row) => row[k]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, k) => (k < 2 ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [lines[0] ?? '', rule, ...lines.slice(1, -1), rule, lines.at(-1) ?? ''];
}
