export { planActions } from './actions/index.ts';
export { createEdge, type Edge, type EdgeParts, type EdgeReach } from './app.ts';
export { estateInForce } from './bundle/index.ts';
export { type EdgeConfig, readEdgeConfig } from './config.ts';
