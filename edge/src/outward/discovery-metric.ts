import type { Metric } from '@caretaker/devices/kinds';
import type { Text } from '@caretaker/readings/base';

export type Language = keyof Text;

/** One entity of a device, as Home Assistant's MQTT discovery names its parts. */
export type Component = Readonly<Record<string, string | readonly string[]>> & {
  readonly platform: 'sensor' | 'binary_sensor';
};

/** What Home Assistant knows of a unit: its own way to write it, and what is measured in it alone. */
const units: Readonly<Record<string, { readonly unit: string; readonly kind?: string }>> = {
  '°C': { unit: '°C', kind: 'temperature' },
  'dB(A)': { unit: 'dBA', kind: 'sound_pressure' },
  lx: { unit: 'lx', kind: 'illuminance' },
  s: { unit: 's', kind: 'duration' },
  min: { unit: 'min', kind: 'duration' },
  h: { unit: 'h', kind: 'duration' },
  mm: { unit: 'mm', kind: 'distance' },
  cm: { unit: 'cm', kind: 'distance' },
  m: { unit: 'm', kind: 'distance' },
  mA: { unit: 'mA', kind: 'current' },
  A: { unit: 'A', kind: 'current' },
  mV: { unit: 'mV', kind: 'voltage' },
  V: { unit: 'V', kind: 'voltage' },
  kV: { unit: 'kV', kind: 'voltage' },
  W: { unit: 'W', kind: 'power' },
  kW: { unit: 'kW', kind: 'power' },
  'm³/h': { unit: 'm³/h', kind: 'volume_flow_rate' },
  dBm: { unit: 'dBm', kind: 'signal_strength' },
};

/** What a metric is where its unit does not say it. */
const sensors: Readonly<Record<string, string>> = {
  humidity_pct: 'humidity',
  moisture_pct: 'moisture',
  battery_pct: 'battery',
  co_ppm: 'carbon_monoxide',
  co2_ppm: 'carbon_dioxide',
  pm25_ugm3: 'pm25',
  pm10_ugm3: 'pm10',
  ph: 'ph',
};

/** What a flag is when it is true; its own name says enough of the others. */
const flags: Readonly<Record<string, string>> = {
  fault: 'problem',
  alarm: 'safety',
  forced: 'safety',
  fire_alarm: 'smoke',
  trapped: 'safety',
  call: 'safety',
  tamper: 'tamper',
  tilt: 'tamper',
  moved: 'tamper',
  leak: 'moisture',
  wet: 'moisture',
  level_high: 'moisture',
  running: 'running',
  loop: 'occupancy',
  occupied: 'occupancy',
  mains: 'power',
};

/** The entity of one metric; its state comes from the asset's state topic. */
export function componentOf(metric: Metric, language: Language): Component {
  const name = metric.label[language];
  if (metric.type === 'flag') return flagOf(metric, name);
  if (metric.type === 'state') return stateOf(metric, name);
  const { unit = metric.unit, kind } = units[metric.unit] ?? {};
  const what = sensors[metric.id] ?? kind;
  return {
    platform: 'sensor',
    name,
    value_template: template(metric.id, 'm.value'),
    state_class: 'measurement',
    ...(unit === '' ? {} : { unit_of_measurement: unit }),
    ...(what === undefined ? {} : { device_class: what }),
  };
}

function flagOf(metric: Metric, name: string): Component {
  const what = flags[metric.id];
  return {
    platform: 'binary_sensor',
    name,
    value_template: template(metric.id, "{true: 'ON', false: 'OFF'}.get(m.value)"),
    ...(what === undefined ? {} : { device_class: what }),
  };
}

function stateOf(metric: Metric, name: string): Component {
  const { id, states = [] } = metric;
  if (id === 'door') {
    const value = "{'open': 'ON', 'closed': 'OFF'}.get(m.value)";
    return {
      platform: 'binary_sensor',
      name,
      value_template: template(id, value),
      device_class: 'door',
    };
  }
  const value_template = template(id, 'm.value');
  return { platform: 'sensor', name, value_template, device_class: 'enum', options: states };
}

/** Unknown (`None`) while nothing was said, and while it is silent: silence is not health. */
function template(metric: string, value: string): string {
  const m = `value_json['metrics']['${metric}']`;
  return `{% set m = ${m} %}{{ ${value} if not m.silent else none }}`;
}
