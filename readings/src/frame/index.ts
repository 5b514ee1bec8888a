export type { CompleteTo, Frame } from './frame.ts';
export { decodeFrame, decodeReadings, encodeFrame, encodeReadings } from './wire.ts';
