export {
  type CompleteTo,
  type Frame,
  type Gap,
  readingsUpTo,
  sequencesOf,
  throughOf,
} from './frame.ts';
export { decodeFrame, decodeReadings, encodeFrame, encodeReadings } from './wire.ts';
