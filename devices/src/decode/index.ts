export { createDecoder } from './create.ts';
export type { Arrival, Decoded, Decoder, Found, Ignored, Unmapped } from './decoder.ts';
export type { Envelope, Request } from './envelope.ts';
export { topicsOf } from './topics.ts';
