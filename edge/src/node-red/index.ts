export type { RunLimits } from './run.ts';
export { startNodeRed } from './start.ts';
export type { NodeRed, NodeRedStatus } from './supervisor.ts';
