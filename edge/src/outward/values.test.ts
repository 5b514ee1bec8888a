import type { Reading } from '@caretaker/readings';
import { describe, expect, it } from 'vitest';
import { testEstate } from '../testing.ts';
import { Values } from './values.ts';

const read = (point: string, value: Reading['value'], at: number): Reading => ({
  ...{ point, value, at, received: at, stamped: true, history: false },
});
const hour = 3_600_000;
const values = () => new Values(testEstate(), 'yard-1');

describe('the values of a gateway', () => {
  it('are the newest by the time of measurement, whatever comes late', () => {
    const all = values();
    expect([...all.take([read('gate/door', 'open', 5), read('bin/fill_pct', 3, 5)])]).toEqual([
      'gate',
      'bin',
    ]);
    expect([...all.take([read('gate/door', 'closed', 4)])]).toEqual([]);
    expect(all.state('gate', 9)).toEqual({
      estate: 'yard',
      asset: 'gate',
      at: 9,
      metrics: {
        door: { value: 'open', at: 5, silent: false },
        slam_db: { value: null, at: null, silent: false },
        fault: { value: null, at: null, silent: false },
      },
    });
  });

  it('are silent after their limit, until they speak again; events never are', () => {
    const all = values();
    all.take([read('hall/temp_c', 20, 0), read('gate/slam_db', 60, 0)]);
    expect([...all.look(3 * hour)]).toEqual([]);
    expect([...all.look(3 * hour + 1)]).toEqual(['hall']);
    expect([...all.look(4 * hour)]).toEqual([]);
    expect(all.state('hall', 0)?.metrics.temp_c).toMatchObject({ value: 20, silent: true });
    all.take([read('hall/temp_c', 21, 4 * hour)]);
    expect(all.state('hall', 0)?.metrics.temp_c).toMatchObject({ value: 21, silent: false });
    expect([...all.look(100 * hour)]).toEqual(['hall']);
  });

  it('outlive a restart and a change of the estate, and are of this gateway alone', () => {
    const all = values();
    all.take([read('hall/temp_c', 20, 7), read('attic/temp_c', 1, 7)]);
    expect(all.kept()).toEqual([['hall/temp_c', 20, 7, 7]]);
    const again = new Values(testEstate(), 'yard-1', all.kept());
    expect(again.state('hall', 9)?.metrics.temp_c?.value).toBe(20);
    expect([...new Values(testEstate(), 'yard-2', all.kept()).assets]).toEqual([]);
    expect(again.state('attic', 9)).toBeNull();
  });
});
