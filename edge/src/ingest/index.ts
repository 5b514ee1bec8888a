export type { DeviceReport } from './devices.ts';
export { Ingest, type Strangers } from './ingest.ts';
export type { Taken } from './taken.ts';
export type { MessageCounts } from './tally.ts';
