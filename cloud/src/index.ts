export { type Cloud, type CloudParts, createCloud } from './app.ts';
export type { ExportFormat } from './audit/export.ts';
export type { AuditFault } from './audit/faults.ts';
export type { Period } from './audit/rows.ts';
export { exportStoredAudit, headsFileOf, verifyStoredAudit } from './audit/stored.ts';
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
export { openStoredGateways, type StoredGateways } from './gateways/stored.ts';
export { openStoredPeople, type StoredPeople } from './identity/stored.ts';
export type { Notifier, Page } from './outbox/outbox.ts';
export { storedStandard } from './standards/stored.ts';
