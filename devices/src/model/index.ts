export { type Bundle, type BundleCredential, readBundle } from './bundle.ts';
export {
  type Allowance,
  type EstateClocks,
  readAllowance,
  type TargetedClock,
  targetedClocks,
} from './clocks.ts';
export { parseDuration } from './duration.ts';
export { type EstateEdit, editEstate } from './edit.ts';
export type {
  Action,
  ActionStep,
  Asset,
  Estate,
  FieldMapping,
  Mapping,
  Point,
  RelayCommand,
  Source,
} from './estate.ts';
export { deviceName, type Format } from './formats.ts';
export { loadEstate } from './load.ts';
export { type Preset, presetIds, presetOf } from './presets.ts';
export { describeSeries } from './series.ts';
export { readEstateValue } from './stored.ts';
