export { decodings, type FuzzOutcome, fuzz } from './fuzz.ts';
export type { Decoding } from './messages.ts';
export { sparkplugPayload } from './sparkplug.ts';
