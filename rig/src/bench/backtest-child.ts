import { backtest, openScan, orderOf, pointGroups } from '@caretaker/cloud';
import { type Item, loadStandard, type Standard } from '@caretaker/standards';
import { createEngine } from '@caretaker/standards/engine';
import { estateOf, start } from './backtest-store.ts';

/* One pass through a readings file in a process of its own: a scan alone, or a backtest. */

export interface PassOrder {
  readonly side: 'scan' | 'backtest' | 'draft';
  readonly file: string;
  readonly days: number;
}

export interface PassAnswer {
  /** Rows a second of CPU time. */
  readonly rate: number;
  readonly rows: number;
  readonly tickets: number;
  /** Rules that watch a point: the fewest, and in the mean. */
  readonly fewest: number;
  readonly mean: number;
}

const day = 24 * 3_600_000;

/** The catalogue with another hold in one rule of pools. */
function draftOf(standard: Standard): Standard {
  const items = standard.items.map(
    (item): Item => ({
      ...item,
      rules: item.rules.map((rule) =>
        rule.id === 'pool-ph' ? { ...rule, for: rule.for + 60_000 } : rule,
      ),
    }),
  );
  return { ...standard, version: 'draft', items };
}

async function pass({ side, file, days }: PassOrder): Promise<PassAnswer> {
  const inForce = loadStandard();
  const estate = estateOf();
  const period = { from: start, to: start + days * day };
  const source = { store: 'sqlite', file } as const;
  const draft = side === 'draft' ? draftOf(inForce) : inForce;
  const order = orderOf(draft, { inForce, estates: [estate], source }, [estate], period);
  const scan = await openScan(source, [estate]);
  const before = process.cpuUsage();
  let [rows, tickets] = [0, 0];
  if (side === 'scan') {
    // The order in which a backtest goes through them.
    for (const points of pointGroups(estate)) {
      for await (const { length } of scan.scanColumns(period.from, period.to, points)) {
        rows += length;
      }
    }
  } else {
    const result = await backtest(order, scan, () => {});
    rows = result.readings;
    tickets = result.total.draft.tickets;
  }
  const { user, system } = process.cpuUsage(before);
  await scan.close();
  const engine = createEngine({ standard: inForce, estates: [estate], horizon: order.horizon });
  const counts = new Map<string, number>();
  for (const { points } of engine.conditions()) {
    for (const point of points) counts.set(point, (counts.get(point) ?? 0) + 1);
  }
  const each = [...counts.values()];
  return {
    rate: rows / ((user + system) / 1e6),
    rows,
    tickets,
    fewest: Math.min(...each),
    mean: each.reduce((sum, n) => sum + n, 0) / each.length,
  };
}

process.once('message', async (order: PassOrder) => {
  const answer = await pass(order);
  process.send?.(answer, () => process.disconnect?.());
});
