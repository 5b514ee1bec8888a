import { isObject } from '../payload.ts';

type Json = Readonly<Record<string, unknown>>;

/** The short names of Home Assistant's discovery that say what a point is and where it speaks. */
const longNames: Readonly<Record<string, string>> = {
  cmps: 'components',
  dev: 'device',
  dev_cla: 'device_class',
  ent_cat: 'entity_category',
  exp_aft: 'expire_after',
  o: 'origin',
  obj_id: 'object_id',
  p: 'platform',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  stat_closing: 'state_closing',
  stat_clsd: 'state_closed',
  stat_off: 'state_off',
  stat_on: 'state_on',
  stat_open: 'state_open',
  stat_opening: 'state_opening',
  stat_t: 'state_topic',
  stat_val_tpl: 'state_value_template',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
};
const longNamesOfDevice: Readonly<Record<string, string>> = {
  cns: 'connections',
  ids: 'identifiers',
  mdl: 'model',
  mf: 'manufacturer',
  sa: 'suggested_area',
};

/** The same configuration without short names, and with its base topic `~` put in. */
export function written(config: Json): Json {
  const long = renamed(config, longNames);
  const base = long['~'];
  const device = isObject(long.device) ? renamed(long.device, longNamesOfDevice) : undefined;
  const topic = long.state_topic;
  return {
    ...long,
    ...(device === undefined ? {} : { device }),
    ...(typeof base === 'string' && typeof topic === 'string'
      ? { state_topic: topic.replace(/^~/, () => base).replace(/~$/, () => base) }
      : {}),
  };
}

function renamed(config: Json, names: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      Object.hasOwn(names, key) ? (names[key] ?? key) : key,
      value,
    ]),
  );
}

/** A text of a configuration, cut to what a person reads; null when there is none. */
export function textOf(config: Json, key: string): string | null {
  const value = Object.hasOwn(config, key) ? config[key] : undefined;
  return typeof value === 'string' && value !== '' ? value.slice(0, 256) : null;
}
