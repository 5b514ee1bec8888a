import { describe, expect, it } from 'vitest';
import type { Sent } from './device.ts';
import { Ledger } from './ledger.ts';
import type { Row } from './stored.ts';

const point = 'gate/slam_db';

function sent(how: Partial<Sent>, at: number | null, value: number, qos: 1 | 2 = 1): Sent {
  const message = { topic: '', payload: '', qos, at, values: new Map([[point, value]]), round: 0 };
  return { message, acknowledged: true, attempts: 1, firstLife: 1, ackLife: 1, ...how };
}

function audit(said: readonly Sent[], held: readonly Row[]) {
  const ledger = new Ledger('court', { once: true });
  ledger.add(said);
  return ledger.audit(new Map([[`court/${point}`, held]]), 0);
}

describe('the ledger', () => {
  it('finds nothing wrong where each is there once', () => {
    const said = [sent({}, 1_000, 50), sent({ acknowledged: false }, 2_000, 51), sent({}, null, 7)];
    const held = [
      { at: 1_000, value: 50 },
      { at: 9_000, value: 7 },
    ];
    const counts = { published: 3, acknowledged: 2, lost: 0, duplicated: 0, faults: [] };
    expect(audit(said, held)).toEqual(counts);
  });

  it('misses what was acknowledged, and what is there with another value', () => {
    const said = [sent({}, 1_000, 50), sent({}, 2_000, 51), sent({}, null, 7)];
    const found = audit(said, [{ at: 2_000, value: 52 }]);
    expect(found).toMatchObject({ lost: 3, duplicated: 1 });
    expect(found.faults).toContain('said by nobody: court/gate/slam_db at 2000 = 52');
  });

  it('finds what is there twice', () => {
    const twice = [
      { at: 1_000, value: 50 },
      { at: 1_000, value: 50 },
    ];
    expect(audit([sent({}, 1_000, 50)], twice)).toMatchObject({ lost: 0, duplicated: 1 });
  });

  it('allows an unstamped one more than once, but for QoS 2 within one life of the gateway', () => {
    const twice = [
      { at: 1_000, value: 7 },
      { at: 2_000, value: 7 },
    ];
    expect(audit([sent({}, null, 7, 1)], twice)).toMatchObject({ duplicated: 0 });
    expect(audit([sent({ ackLife: 2 }, null, 7, 2)], twice)).toMatchObject({ duplicated: 0 });
    expect(audit([sent({ attempts: 2 }, null, 7, 2)], twice)).toMatchObject({ duplicated: 0 });
    expect(audit([sent({}, null, 7, 2)], twice)).toMatchObject({ duplicated: 1 });
  });

  it('gives the reference what was acknowledged or is there, and the times that the gateway gave', () => {
    const ledger = new Ledger('court', { once: true });
    ledger.add([sent({ acknowledged: false }, 3_000, 52), sent({}, 1_000, 50), sent({}, null, 7)]);
    const rows = new Map([[`court/${point}`, [{ at: 2_000, value: 7 }]]]);
    const told = ledger.readings(rows).map(({ at, value }) => [at, value]);
    expect(told).toEqual([
      [1_000, 50],
      [2_000, 7],
    ]);
  });
});
