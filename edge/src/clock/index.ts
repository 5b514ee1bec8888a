export { aheadOf } from './ahead.ts';
export { BootTable } from './boots.ts';
export { restamped } from './restamp.ts';
export { timeService } from './service.ts';
export { type ClockMode, Timekeeper } from './timekeeper.ts';
