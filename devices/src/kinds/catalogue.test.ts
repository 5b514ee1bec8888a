import { describe, expect, it } from 'vitest';
import { kinds } from './index.ts';

const metricsOf = (kind: string) => Object.values(kinds[kind]?.metrics ?? {});

describe('kinds', () => {
  it('names the metrics that rules and devices rely on', () => {
    const names = Object.fromEntries(
      Object.values(kinds).map((k) => [k.id, Object.keys(k.metrics).join(' ')]),
    );
    expect(names).toEqual({
      'access-gate': 'door open_s slam_db force_n current_a fault',
      lighting: 'lux power_w commanded',
      barrier: 'position travel_s loop reversals current_a fault',
      bin: 'fill_pct distance_cm temp_c tilt',
      pool: 'ph free_cl combined_cl orp_mv turbidity_ntu temp_c flow_m3h',
      lift: 'mode floor door trapped level_err_mm fault',
      sound: 'laeq_db',
      climate: 'temp_c',
    });
  });

  it('gives every metric its own id, both languages, and what its type needs', () => {
    for (const kind of Object.values(kinds)) {
      expect(kinds[kind.id]).toBe(kind);
      for (const [id, metric] of Object.entries(kind.metrics)) {
        expect(metric.id).toBe(id);
        expect(id).toMatch(/^[a-z0-9][a-z0-9_-]{0,62}$/);
        expect(metric.label.en).not.toBe('');
        expect(metric.label.zh).toMatch(/\p{Script=Han}/u);
        expect(metric.range !== undefined).toBe(metric.type === 'number');
        expect(metric.states !== undefined).toBe(metric.type === 'state');
      }
    }
  });

  it('averages sound levels by energy and nothing else', () => {
    const byEnergy = Object.values(kinds).flatMap((k) =>
      metricsOf(k.id)
        .filter((m) => m.mean === 'energy')
        .map((m) => m.id),
    );
    expect(byEnergy).toEqual(['slam_db', 'laeq_db']);
  });

  it('never declares a silence shorter than the cadence', () => {
    for (const metric of Object.keys(kinds).flatMap(metricsOf)) {
      if (metric.silentAfter === undefined) continue;
      expect(metric.silentAfter).toBeGreaterThan(metric.cadence ?? Number.POSITIVE_INFINITY);
    }
  });

  it('takes no echo for no distance', () => {
    const range = kinds.bin?.metrics.distance_cm?.range;
    expect(range?.[0]).toBeGreaterThan(0);
  });

  it('cannot be changed', () => {
    expect(() => Object.assign(kinds.bin?.metrics ?? {}, { odour: 1 })).toThrow(TypeError);
  });
});
