import type { Family } from './envelope.ts';
import { chirpstack } from './families/chirpstack.ts';
import { shelly } from './families/shelly.ts';
import { sparkplug } from './families/sparkplug.ts';
import { tasmota } from './families/tasmota.ts';
import { ttn } from './families/ttn.ts';
import { zigbee2mqtt } from './families/zigbee2mqtt.ts';

/** Every family there is; the first that claims a topic opens it. */
export const families: readonly Family[] = [
  ...[chirpstack, ttn, zigbee2mqtt, sparkplug],
  // These two are told by the shape of their topics alone, so the others come first.
  ...[shelly, tasmota],
];
