import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@caretaker/readings/base';

const everyMs = 10_000;

/** Until when the simulated devices have published, kept on disk. */
export interface HistoryMark {
  /** UTC epoch milliseconds; 0 before the first run. */
  read(): number;
  /**
   * Moves the mark along with the clock from now on.
   * @returns a function that moves it a last time and stops.
   */
  keep(): () => void;
}

/** A mark in `simulator/published-until` under the data folder. */
export function createHistoryMark(dataFolder: string, clock: Clock): HistoryMark {
  const folder = join(dataFolder, 'simulator');
  const file = join(folder, 'published-until');
  const write = () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${clock.now()}\n`);
  };
  return {
    read() {
      try {
        const at = Number(readFileSync(file, 'utf8'));
        return Number.isFinite(at) ? at : 0;
      } catch {
        return 0;
      }
    },
    keep() {
      write();
      const cancel = clock.every(everyMs, write);
      return () => {
        cancel();
        write();
      };
    },
  };
}
