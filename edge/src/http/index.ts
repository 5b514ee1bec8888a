export { HttpServer } from './server.ts';
export type { GatewayStatus } from './status.ts';
