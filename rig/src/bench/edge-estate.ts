import { type Estate, loadEstate } from '@caretaker/devices/model';
import { topicOf } from './edge-messages.ts';

/** YAML with one asset and one mapping for each device, as an estate with vendor sensors has. */
export function estateText(devices: number): string {
  const numbers = Array.from({ length: devices }, (_, index) => index);
  return [
    'id: bench',
    'name: Bench',
    'zone: Asia/Shanghai',
    'location: { latitude: 31.2, longitude: 121.5 }',
    'gateway: bench-1',
    'assets:',
    ...numbers.map(
      (n) =>
        `  - { id: m${n}, name: m${n}, kind: climate, touchpoint: TP26, place: x, points: [temp_c] }`,
    ),
    'mappings:',
    ...numbers.map(
      (n) =>
        `  - { topic: ${topicOf(n)}, format: json, asset: m${n}, at: at, fields: [{ path: temp_c, metric: temp_c }] }`,
    ),
  ].join('\n');
}

export function benchEstate(devices: number): Estate {
  return loadEstate(estateText(devices), 'bench.yaml');
}
