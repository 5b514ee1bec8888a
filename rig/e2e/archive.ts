import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMap, type ReplayCounts, replay } from '@caretaker/cli';
import { systemClock } from '@caretaker/readings/base';
import { root } from '../src/checks/run.ts';
import { sampleData } from '../src/product/needs.ts';
import type { Product } from '../src/product/product.ts';
import { untilJudged } from '../src/product/standing.ts';

/** The estate whose points take recorded data. */
export const archiveEstate = join(root, 'cli/samples/replay-estate.yaml');
export const samples = join(root, 'cli/samples');

/** Recorded files, relative to the sample data folder, with the map of each. */
export const recorded = {
  noise: ['noise_laeq_noisemonitor/test_data_laeq1m.csv', 'noise-1min.yaml'],
  bins: ['dtu_smart_trash_lorawan/readings.csv', 'lorawan-bins.yaml'],
  ambient: ['nab_temperature_failure/ambient_temperature_system_failure.csv', 'nab-ambient.yaml'],
  machine: ['nab_temperature_failure/machine_temperature_system_failure.csv', 'nab-machine.yaml'],
} as const;
export type Recorded = keyof typeof recorded;

/** Lines of a recorded file without its header. */
export function recordedLines(name: Recorded): string[] {
  return readFileSync(join(sampleData, recorded[name][0]), 'utf8').trim().split('\n').slice(1);
}

export function mapFile(name: Recorded): string {
  return join(root, 'cli/maps', recorded[name][1]);
}

/** Replays a file into a running product, as fast as it is acknowledged, and waits until it is judged. */
export async function replayInto(
  { sandbox, api }: Product,
  file: string,
  map: string | null,
): Promise<ReplayCounts> {
  const counts = await replay({
    file,
    map: map === null ? null : parseMap(readFileSync(map, 'utf8'), map),
    url: sandbox.mqttUrl,
    speed: Number.POSITIVE_INFINITY,
    shift: false,
    clock: systemClock,
  });
  await untilJudged(api);
  return counts;
}
