export { loopResolutionMs } from './metrics.ts';
export { HttpServer } from './server.ts';
export type { GatewayStatus } from './status.ts';
