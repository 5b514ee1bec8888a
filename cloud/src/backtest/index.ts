import type { Estate } from '@caretaker/devices/model';
import type { Standard } from '@caretaker/standards';
import { horizon } from '../host/engine-state.ts';
import type { BacktestOrder } from './order.ts';
import type { Surroundings } from './surroundings.ts';

export type { BacktestResult } from '../contract/index.ts';
export { readDraft, standardWith } from './draft.ts';
export { pointGroups } from './groups.ts';
export { runBacktest } from './run.ts';
export { chosenEstates, periodOf, surroundingsOf } from './surroundings.ts';
export { backtest, openScan } from './work.ts';

/** Puts a backtest together that judges as the product does. */
export function orderOf(
  draft: Standard,
  { inForce, source }: Surroundings,
  estates: readonly Estate[],
  period: Pick<BacktestOrder, 'from' | 'to'>,
): BacktestOrder {
  return { source, standards: { draft, inForce }, estates, ...period, horizon };
}
