export { createSqliteReadings, type SqliteOptions } from './store.ts';
