export type { Decoded, Decoder, Found } from './decoder.ts';
