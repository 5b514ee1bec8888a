export type { Reopening } from './bench.ts';
export { type BreakableLine, breakableLine } from './breakable-line.ts';
export { type CrankedClock, crankedClock } from './cranked-clock.ts';
export { type ManualClock, manualClock } from './manual-clock.ts';
export { mosquitto, TestBroker } from './mosquitto.ts';
export { patient } from './patient.ts';
export { describeContractPoint, sample } from './series.ts';
export { stolenMs } from './stolen.ts';
export {
  type ContractOptions,
  readingStoreContract,
  type StoreUnderTest,
} from './store-contract.ts';
