export { type Cloud, type CloudParts, createCloud } from './app.ts';
export {
  type BacktestResult,
  backtest,
  chosenEstates,
  openScan,
  orderOf,
  periodOf,
  pointGroups,
  readDraft,
  runBacktest,
  standardWith,
  surroundingsOf,
} from './backtest/index.ts';
export { type CloudConfig, readCloudConfig } from './config.ts';
export type { Notifier, Page } from './outbox/outbox.ts';
export { storedStandard } from './standards/stored.ts';
