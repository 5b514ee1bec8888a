export type { DeviceReport } from './devices.ts';
export { Ingest, type Taken } from './ingest.ts';
