export type { Discovery } from './inbox.ts';
export { startDiscovery } from './start.ts';
