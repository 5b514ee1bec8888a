import { describe, expect, it } from 'vitest';
import { run, shortcomings, totalsOf } from '../src/chaos/run.ts';
import { findBinary } from '../src/servers/binary.ts';

const rounds = 4;

describe.skipIf(findBinary('mosquitto') === null)(
  'chaos at a gateway that reads a Mosquitto',
  () => {
    it('loses and doubles nothing of what that broker has acknowledged and passed on', async () => {
      const lines: string[] = [];
      const tell = (line: string) => void lines.push(line);
      const seed = Math.floor(Math.random() * 1_000_000) + 1;
      const minutes = Number.POSITIVE_INFINITY;
      const outcome = await run({ seed, rounds, minutes, through: 'mosquitto', tell });
      expect(shortcomings(outcome), `seed ${seed}\n${lines.join('\n')}`).toEqual([]);
      expect(totalsOf(outcome)).toMatchObject({ rounds, lost: 0, duplicated: 0 });
    });
  },
);
