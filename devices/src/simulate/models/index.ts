import { accessGate } from './access-gate.ts';
import { barrier } from './barrier.ts';
import { lift } from './lift.ts';
import type { Model } from './model.ts';
import { bin, climate, lighting, pool, powerFeed, sound } from './steady.ts';

export type { Device, Model, Said, Values } from './model.ts';

/** How each kind behaves. An asset of a kind that is not here stays silent. */
export const models: Readonly<Record<string, Model>> = {
  'access-gate': accessGate,
  lighting,
  barrier,
  bin,
  pool,
  'power-feed': powerFeed,
  lift,
  sound,
  climate,
};
