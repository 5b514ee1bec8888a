export { openSqliteScan, type SqliteScan } from './columns.ts';
export { createSqliteReadings, type SqliteOptions } from './store.ts';
