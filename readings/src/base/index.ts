export { type Clock, systemClock } from './clock.ts';
export { CaretakerError, type Fault, FaultsError } from './error.ts';
export { type Log, silentLog } from './log.ts';
export type { Text } from './text.ts';
