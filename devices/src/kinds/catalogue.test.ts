import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { kinds } from './index.ts';

const metricsOf = (kind: string) => Object.values(kinds[kind]?.metrics ?? {});

describe('kinds', () => {
  it('names the metrics that rules and devices rely on', () => {
    const names = Object.fromEntries(
      Object.values(kinds).map((k) => [k.id, Object.keys(k.metrics).join(' ')]),
    );
    expect(names).toEqual({
      'access-gate': 'door open_s slam_db close_s force_n current_a fault forced granted',
      barrier: 'position travel_s loop commanded service_pct reversals current_a fault',
      'perimeter-zone': 'fence_kv blocked alarm test_ok mains battery_v fault',
      camera: 'recording fault',
      'fire-door': 'door hold_open fire_alarm',
      'fire-panel': 'fire_alarm fault',
      passage: 'obstructed clear_cm',
      'fire-lane': 'occupied',
      lighting: 'lux power_w commanded fault',
      'lighting-circuit': 'lit_pct',
      'power-feed': 'live',
      bin: 'fill_pct distance_cm temp_c tilt',
      'refuse-point': 'nh3_ppm h2s_ppm',
      lift: 'mode floor door trapped level_err_mm fault door_db reopenings door_cycle_s alarm_test_ok car_c car_lux machine_room_c',
      pool: 'ph free_cl combined_cl orp_mv turbidity_ntu temp_c flow_m3h level_cm fault',
      'water-feature':
        'commanded running fault level_cm turbidity_ntu temp_c air_c free_cl combined_cl',
      'standing-water': 'wet depth_cm raining',
      leak: 'leak',
      drain: 'free_cm level_high',
      manhole: 'tilt_deg moved free_cm level_high',
      'sump-pump': 'level_cm level_high running starts fault',
      irrigation: 'moisture_pct flow_m3h commanded',
      sound: 'laeq_db lafmax_db night_db',
      climate: 'temp_c humidity_pct co2_ppm pm25_ugm3 lux',
      hvac: 'commanded running fault',
      toilet: 'nh3_ppm h2s_ppm visits wet call',
      'garage-air': 'co_ppm no2_ppm commanded current_a',
      device: 'battery_pct battery_v rssi_dbm snr_db link_quality loss_pct clock_skew_s tamper',
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
    expect(byEnergy).toEqual(['slam_db', 'door_db', 'laeq_db', 'lafmax_db', 'night_db']);
  });

  it('never declares a silence shorter than the cadence', () => {
    for (const metric of Object.keys(kinds).flatMap(metricsOf)) {
      if (metric.silentAfter === undefined) continue;
      expect(metric.silentAfter).toBeGreaterThan(metric.cadence ?? Number.POSITIVE_INFINITY);
    }
  });

  it('calls a metric the same, and measures it in the same unit, wherever it occurs', () => {
    const units = Map.groupBy(Object.keys(kinds).flatMap(metricsOf), (metric) => metric.id);
    for (const [id, found] of units) {
      expect(new Set(found.map((metric) => `${metric.type} ${metric.unit}`)).size, id).toBe(1);
    }
  });

  it('ends the name of a number in its unit, so that nobody can mistake it', () => {
    const endings: Readonly<Record<string, string>> = {
      '%': 'pct',
      '°': 'deg',
      '°C': 'c',
      'dB(A)': 'db',
      'm³/h': 'm3h',
      'mg/L': 'cl',
      'µg/m³': 'ugm3',
      lx: 'lux',
    };
    for (const metric of Object.keys(kinds).flatMap(metricsOf)) {
      const ending = endings[metric.unit] ?? metric.unit.toLowerCase();
      expect(metric.id.endsWith(ending), metric.id).toBe(true);
    }
  });

  it('gives every number a range that is one', () => {
    for (const { id, range } of Object.keys(kinds).flatMap(metricsOf)) {
      if (range !== undefined) expect(range[0], id).toBeLessThan(range[1]);
    }
  });

  it.each([
    ['bin', 'distance_cm'],
    ['passage', 'clear_cm'],
    ['drain', 'free_cm'],
    ['manhole', 'free_cm'],
  ])('takes no echo for no distance: %s %s', (kind, metric) => {
    expect(kinds[kind]?.metrics[metric]?.range?.[0]).toBeGreaterThan(0);
  });

  it('finds a dead cover and a dead leak probe in time, and never calls an event silent', () => {
    const silent = (kind: string, metric: string) => {
      const { cadence, silentAfter } = kinds[kind]?.metrics[metric] ?? {};
      return cadence === undefined ? null : (silentAfter ?? 3 * cadence) / 3_600_000;
    };
    expect(silent('perimeter-zone', 'test_ok')).toBeNull();
    expect(silent('lift', 'alarm_test_ok')).toBeNull();
    expect(silent('manhole', 'tilt_deg')).toBe(50);
    expect(silent('leak', 'leak')).toBe(26);
    expect(silent('perimeter-zone', 'alarm')).toBeNull();
    expect(silent('device', 'tamper')).toBeNull();
  });

  it('is in the table of the documents, with all its metrics', () => {
    const file = path.join(import.meta.dirname, '../../../docs/configuration.md');
    const rows = [...readFileSync(file, 'utf8').matchAll(/^\| `([a-z-]+)` \|[^|]*\| (`.*) \|$/gm)];
    const listed = rows.map(([, id = '', metrics = '']) => [id, metrics.replaceAll(/[`,]/g, '')]);
    const real = Object.values(kinds).map((k) => [k.id, Object.keys(k.metrics).join(' ')]);
    expect(listed).toEqual(real);
  });

  it('cannot be changed', () => {
    expect(() => Object.assign(kinds.bin?.metrics ?? {}, { odour: 1 })).toThrow(TypeError);
  });
});
