export { tellAhead } from './ahead.ts';
export { BootTable } from './boots.ts';
export { type Restamp, restamped } from './restamp.ts';
export { timeService } from './service.ts';
export { type ClockMode, Timekeeper } from './timekeeper.ts';
