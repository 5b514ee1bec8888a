export { GatewayClock } from './gateway-clock.ts';
export { Ingest, type Taken } from './ingest.ts';
