import type { Counts, Standard, Summary } from '@caretaker/standards';

const columns = [
  ['items', 'items'],
  ['sensor', 'sensor'],
  ['inspection', 'inspection'],
  ['process', 'process'],
  ['name_only', 'name only'],
  ['ours', 'ours'],
  ['rules', 'rules'],
  ['local', 'local'],
] as const satisfies readonly (readonly [keyof Counts, string])[];

/** The counts for scripts: one flat object, whose fields are fixed. */
export function summaryJson({ touchpoints, total }: Summary): Record<string, number> {
  const { local: _, ...counts } = total;
  return { touchpoints, ...counts };
}

/** The counts for people: a row for each touchpoint, the whole last. */
export function summaryLines(summary: Summary): string[] {
  const all = `all ${summary.touchpoints}`;
  const width = Math.max(...summary.rows.map((row) => row.name.en.length));
  const line = (id: string, name: string, cells: readonly string[]) =>
    [id.padEnd(6), name.padEnd(width), ...cells].join('  ').trimEnd();
  const row = (id: string, name: string, counts: Counts) =>
    line(
      id,
      name,
      columns.map(([key, title]) => String(counts[key]).padStart(title.length)),
    );
  return [
    line(
      '',
      'touchpoint',
      columns.map(([, title]) => title),
    ),
    ...summary.rows.map(({ id, name, counts }) => row(id, name.en, counts)),
    row(all, '', summary.total),
    '',
    '"ours" are items that the source documents do not ask for; the other columns leave them out, but for their rules. "local" are rules that gateways judge, too.',
  ];
}

/** Every item in one line, below the name of its touchpoint. */
export function itemLines(standard: Standard): string[] {
  const byTouchpoint = Map.groupBy(standard.items, (item) => item.touchpoint);
  return standard.touchpoints.flatMap(({ id, name }) => [
    `${id} ${name.en}`,
    ...(byTouchpoint.get(id) ?? []).map((item) => {
      const n = item.rules.length;
      const rules = n === 0 ? '' : ` (${n} rule${n === 1 ? '' : 's'})`;
      return `  ${item.id.padEnd(9)} ${item.check.padEnd(10)}  ${item.name.en}${rules}`;
    }),
  ]);
}
