import { deviceName, type Estate } from '@caretaker/devices/model';
import { matches } from '../access/filters.ts';
import type { Row } from './file.ts';

/** Whether a mapping of the estate names the device, or listens to its topic. */
export function isNamed(
  { format, device, aliases, topic }: Pick<Row, 'format' | 'device' | 'aliases' | 'topic'>,
  { mappings }: Estate,
): boolean {
  const named = [device, ...aliases].filter((name) => name !== null);
  const names = new Set(named.map((name) => deviceName(format, name)));
  return mappings.some((mapping) => {
    if (mapping.topic !== undefined && matches(mapping.topic, topic)) return true;
    if (mapping.device === undefined || mapping.format !== format) return false;
    return names.has(deviceName(format, mapping.device));
  });
}
