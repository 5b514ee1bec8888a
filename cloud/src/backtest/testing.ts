import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSeries, loadEstate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { estateFile } from '../testing/cloud.ts';

const halfHour = 30 * 60_000;
/** Midnight of the test estate, in Shanghai. */
export const midnight = Date.UTC(2026, 2, 1, 16);
export const day = 48 * halfHour;

export const estate = loadEstate(readFileSync(estateFile, 'utf8'), estateFile);

/**
 * A bin that fills by 4 % each half hour and is emptied at noon and at midnight: at 80 % twice at 10:30 and
 * 22:30, at 60 % twice at 08:00 and 20:00.
 */
export function fillings(from: number, days: number): Reading[] {
  return Array.from({ length: days * 48 }, (_, k) => {
    const at = from + k * halfHour;
    const point = `${estate.id}/bin-2/fill_pct`;
    return { point, at, received: at, value: (k % 24) * 4, stamped: true, history: false };
  });
}

/** A readings file with these readings in the folder. @returns its path */
export async function storeOf(folder: string, readings: readonly Reading[]): Promise<string> {
  const file = join(folder, 'readings.db');
  const store = createSqliteReadings({ file, describe: describeSeries([estate]) });
  await store.start();
  await store.write(readings);
  await store.stop();
  return file;
}

/** A draft of the item of full bins with one rule. */
export function binDraft(atLeast: number, item = 'TP23-01', rule = 'bin-full'): string {
  return `id: TP23
name: { en: Bins, zh: 垃圾桶 }
group: bins
items:
  - id: ${item}
    name: { en: Bins are never full, zh: 垃圾桶不满溢 }
    aspect: facility
    check: sensor
    kano: must-be
    team: cleaning
    source: test
    origin: standard
    confirmed: true
    rules:
      - id: ${rule}
        title: { en: Bin full, zh: 垃圾桶已满 }
        kind: bin
        when:
          metric: fill_pct
          unit: "%"
          atLeast: ${atLeast}
          clear: 50
          count: { least: 2, of: 2, clearLeast: 1, clearOf: 1 }
        severity: low
        effect: degraded
        source: test
        confirmed: false
`;
}
