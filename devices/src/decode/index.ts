export { createDecoder } from './create.ts';
export type { Decoded, Decoder, Found } from './decoder.ts';
