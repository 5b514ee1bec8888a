// Writes the sample series beside this file, always the same: node cli/samples/generate.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const minute = 60_000;
const start = Date.UTC(2026, 2, 14, 8);

/** A small generator of numbers in [0, 1), the same on every run (a linear congruence, modulus 2³²). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(import.meta.dirname, name), `${lines.join('\n')}\n`);
}

/** A quiet day of one-minute levels with two loud stretches: an hour of music and a short argument. */
function noisyEvening(): string[] {
  const random = createRandom(7);
  const level = (hour: number) => {
    if (hour >= 11 && hour < 12) return 57;
    if (hour >= 13 && hour < 13.1) return 62;
    return 42;
  };
  const lines = ['asset,at,laeq_db'];
  for (let i = 0; i < 12 * 60; i += 1) {
    const at = new Date(start + i * minute).toISOString();
    lines.push(`terrace-sound,${at},${(level(i / 60) + random() * 3).toFixed(1)}`);
  }
  return lines;
}

/** A bin that fills over two days, stays full for a night and is emptied. */
function fillingBin(): string[] {
  const random = createRandom(11);
  const lines: string[] = [];
  for (let hour = 0; hour < 72; hour += 1) {
    const fill = hour < 56 ? Math.min(99, hour * 2.1) : (hour - 56) * 2;
    lines.push(
      JSON.stringify({
        asset: 'terrace-bin',
        at: start + hour * 60 * minute,
        fill_pct: Math.round(fill),
        temp_c: Number((18 + 4 * Math.sin(hour / 4) + random()).toFixed(1)),
      }),
    );
  }
  return lines;
}

write('noisy-evening.csv', noisyEvening());
write('filling-bin.jsonl', fillingBin());
