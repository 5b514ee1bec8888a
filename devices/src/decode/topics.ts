import { deviceName, type Estate, type Mapping } from '../model/index.ts';
import type { Family } from './envelope.ts';
import { families } from './families.ts';

/** Under which first levels an estate has the messages of a family. */
export function basesOf(estate: Pick<Estate, 'sources'>, family: Family): readonly string[] {
  const named = (estate.sources ?? []).filter(({ format }) => format === family.format);
  return [...new Set([...named.map(({ base }) => base), ...family.defaultBases])];
}

/**
 * Topic filters of everything that a mapping listens to: what its device may say, and hear of itself.
 * A device of a bridge or network server is heard through that, which has the topics of all of them.
 */
export function topicsOf(mapping: Mapping, estate: Pick<Estate, 'sources'>): readonly string[] {
  const { format, topic, device } = mapping;
  if (topic !== undefined) return [topic];
  if (device === undefined) return [];
  const family = families.find((one) => one.format === format);
  const bases = family === undefined ? [] : basesOf(estate, family);
  const name = deviceName(format, device);
  return [...new Set(bases.flatMap((base) => filtersOf(format, base, name)))];
}

function filtersOf(format: Mapping['format'], base: string, device: string): string[] {
  const under = base === '' ? '' : `${base}/`;
  switch (format) {
    case 'zigbee2mqtt':
      return [`${base}/${device}`, `${base}/${device}/availability`];
    case 'chirpstack':
      return [`${base}/+/device/${device}/event/+`];
    case 'ttn':
      return [`${base}/+/devices/${device}/#`];
    case 'shelly':
      return [`${under}${device}/#`];
    case 'tasmota':
      return ['tele', 'stat', 'cmnd'].flatMap((prefix) => [
        ...[`${under}${prefix}/${device}/#`, `${under}${device}/${prefix}/#`],
      ]);
    case 'sparkplug': {
      const [group = '', ...names] = device.split('/');
      return [`${base}/${group}/+/${names.join('/')}`];
    }
    case 'json':
    case 'bare':
      return [];
  }
}
