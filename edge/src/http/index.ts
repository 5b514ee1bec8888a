export { loopResolutionMs } from './metrics.ts';
export { type HttpOptions, HttpServer } from './server.ts';
export type { GatewayStatus } from './status.ts';
