export { demoEstate } from './demo.ts';
export type { FaultName } from './incident.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
