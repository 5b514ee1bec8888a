export { GatewayClock } from './gateway-clock.ts';
export { Ingest } from './ingest.ts';
