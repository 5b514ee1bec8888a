export { createDecoder } from './create.ts';
export type { Arrival, Decoded, Decoder, Found, Ignored, Unmapped } from './decoder.ts';
export type { Envelope, Request } from './envelope.ts';
export {
  type ExplainedField,
  type ExplainedMapping,
  type ExplainedPart,
  type Explanation,
  explain,
  shortened,
} from './explain/explain.ts';
export { type LearntPoint, type Lesson, learn } from './learn/learn.ts';
export { everyPreset } from './suggest/by-preset.ts';
export { remember, sameShape } from './suggest/seen.ts';
export { suggest } from './suggest/suggest.ts';
export { suggestionYaml } from './suggest/yaml.ts';
export { topicsOf } from './topics.ts';
