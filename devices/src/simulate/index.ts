export { demoEstate } from './demo.ts';
export { type FaultName, faultNames } from './incident.ts';
export { simulateReadings } from './readings.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
