import type { Family } from './envelope.ts';
import { chirpstack } from './families/chirpstack.ts';
import { ttn } from './families/ttn.ts';

/** Every family there is; the first that claims a topic opens it. */
export const families: readonly Family[] = [chirpstack, ttn];
