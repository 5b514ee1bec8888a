export * from './backtest.ts';
export * from './common.ts';
export * from './estate.ts';
export * from './events.ts';
export * from './kpi.ts';
export * from './planned.ts';
export * from './versions.ts';
export * from './work.ts';
