export { type BundleState, Bundles } from './bundles.ts';
export { estateInForce, keptBundle } from './in-force.ts';
