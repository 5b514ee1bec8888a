import type { ReadingValue } from '@caretaker/readings';

/** What a value of Home Assistant may be among our metrics. */
export interface Suit {
  readonly kind: string;
  readonly metric: string;
  /** Words of the device to ours; none for numbers. */
  readonly words?: Readonly<Record<string, ReadingValue>>;
}

/** What a device says for on and off, or for the states of a cover. */
export type Words = Readonly<Record<string, readonly string[]>>;

const faults = ['access-gate', 'barrier', 'lift', 'lighting', 'pool', 'sump-pump', 'hvac'].map(
  (kind) => `${kind}/fault`,
);

/** `kind/metric` by device class of a binary sensor, the most usual first. On is true. */
const flags: Readonly<Record<string, readonly string[]>> = {
  moisture: ['leak/leak', 'standing-water/wet', 'toilet/wet'],
  moving: ['manhole/moved'],
  occupancy: ['fire-lane/occupied', 'barrier/loop'],
  power: ['power-feed/live'],
  problem: faults,
  running: ['sump-pump/running', 'water-feature/running', 'hvac/running'],
  safety: ['perimeter-zone/alarm'],
  smoke: ['fire-panel/fire_alarm'],
  tamper: ['device/tamper'],
  vibration: ['manhole/moved'],
};
/** On is open. */
const doors: Readonly<Record<string, readonly string[]>> = {
  door: ['access-gate/door', 'fire-door/door', 'lift/door'],
  garage_door: ['access-gate/door'],
  opening: ['access-gate/door', 'fire-door/door'],
  window: ['access-gate/door'],
};
const sensors: Readonly<Record<string, readonly string[]>> = {
  battery: ['device/battery_pct'],
  carbon_dioxide: ['climate/co2_ppm'],
  carbon_monoxide: ['garage-air/co_ppm'],
  current: ['barrier/current_a', 'access-gate/current_a', 'garage-air/current_a'],
  distance: ['bin/distance_cm', 'drain/free_cm', 'manhole/free_cm', 'passage/clear_cm'],
  humidity: ['climate/humidity_pct'],
  illuminance: ['lighting/lux', 'climate/lux', 'lift/car_lux'],
  moisture: ['irrigation/moisture_pct'],
  ph: ['pool/ph'],
  pm25: ['climate/pm25_ugm3'],
  power: ['lighting/power_w'],
  signal_strength: ['device/rssi_dbm'],
  sound_pressure: ['sound/laeq_db'],
  temperature: ['climate/temp_c', 'bin/temp_c', 'pool/temp_c', 'lift/machine_room_c'],
  volume_flow_rate: ['pool/flow_m3h', 'irrigation/flow_m3h'],
};
/** Of a cell, and not of a socket. */
const batteryVoltage = ['device/battery_v'];
/** By component: on is commanded on. */
const switched: Readonly<Record<string, readonly string[]>> = {
  fan: ['garage-air/commanded', 'hvac/commanded'],
  light: ['lighting/commanded'],
  switch: ['lighting/commanded', 'water-feature/commanded', 'hvac/commanded'],
  valve: ['irrigation/commanded'],
};
const positions = ['open', 'opening', 'closed', 'closing'] as const;

/** Metrics that a binary sensor of this class may be. @param said what it says for `on` and `off` */
export function binarySuits(deviceClass: string, said: Words): Suit[] {
  const asDoor = suits(listed(doors, deviceClass), wordsFor(said, { on: 'open', off: 'closed' }));
  return [
    ...asDoor,
    ...suits(listed(flags, deviceClass), wordsFor(said, { on: true, off: false })),
  ];
}

/** Metrics that a number of this class may be. @param unit as Home Assistant is told */
export function sensorSuits(deviceClass: string, unit: string | null, ofDevice: boolean): Suit[] {
  if (deviceClass === 'voltage') return ofDevice ? suits(batteryVoltage) : [];
  if (deviceClass === 'battery' && unit !== null && unit !== '%') return suits(batteryVoltage);
  return suits(listed(sensors, deviceClass));
}

/** What a switch, lamp or fan was told. */
export function switchSuits(component: string, said: Words): Suit[] {
  return suits(listed(switched, component), wordsFor(said, { on: true, off: false }));
}

/** A barrier by all four states; a gate that is not closed is open. */
export function coverSuits(said: Words): Suit[] {
  const door = { open: 'open', opening: 'open', closed: 'closed', closing: 'open' };
  const position = Object.fromEntries(positions.map((word) => [word, word]));
  return [
    ...suits(['barrier/position'], wordsFor(said, position)),
    ...suits(['access-gate/door'], wordsFor(said, door)),
  ];
}

/** Whether switches, lamps and fans of this component say what they were told. */
export function isSwitched(component: string): boolean {
  return Object.hasOwn(switched, component);
}

/** A class comes from outside, and may be called `constructor`. */
function listed(
  names: Readonly<Record<string, readonly string[]>>,
  key: string,
): readonly string[] | undefined {
  return Object.hasOwn(names, key) ? names[key] : undefined;
}

function suits(named: readonly string[] = [], words?: Suit['words']): Suit[] {
  return named.map((name) => {
    const [kind = '', metric = ''] = name.split('/');
    return words === undefined ? { kind, metric } : { kind, metric, words };
  });
}

function wordsFor(
  said: Words,
  ours: Readonly<Record<string, ReadingValue>>,
): Readonly<Record<string, ReadingValue>> {
  return Object.fromEntries(
    Object.entries(ours).flatMap(([state, value]) =>
      (said[state] ?? []).map((word): [string, ReadingValue] => [word, value]),
    ),
  );
}
