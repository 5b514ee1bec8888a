import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from './kinds/index.ts';
import { convert, isUnit, unitsLike } from './units.ts';

describe('units', () => {
  it.each([
    [2593, 'mm', 'cm', 259.3],
    [1.25, 'm', 'cm', 125],
    [16.754, 'cm', 'mm', 167.54],
    [1.2, 'kW', 'W', 1_200],
    [74, 'mA', 'A', 0.074],
    [3045, 'mV', 'V', 3.045],
    [26_121, 'Wh', 'kWh', 26.121],
    [1, 'bar', 'kPa', 100],
    [1013.25, 'mbar', 'hPa', 1013.25],
    [1013.25, 'mbar', 'kPa', 101.325],
    [72.5, '°F', '°C', 22.5],
    [-40, '°F', '°C', -40],
    [273.15, 'K', '°C', 0],
    [50, '%RH', '%', 50],
    [50, '% RH', '%', 50],
    [10, 'ppb', 'ppm', 0.01],
    [250, 'Lux', 'lx', 250],
    [61.8, 'dBA', 'dB(A)', 61.8],
    [100, 'L/min', 'm³/h', 6],
    [0.1, 'm', 'cm', 10],
    [0.3, 'mg⋅L⁻¹', 'mg/L', 0.3],
  ])('makes %d %s in %s', (value, from, to, expected) => {
    expect(convert(value, from, to)).toBe(expected);
  });

  it.each([
    ['mm', '°C'],
    ['MA', 'A'],
    ['MW', 'W'],
    ['Mv', 'V'],
    ['furlong', 'm'],
    ['m', ''],
    ['', 'm'],
    ['FNU', 'NTU'],
    ['dB(C)', 'dB(A)'],
    ['constructor', 'm'],
  ])('does not make %s into %s', (from, to) => {
    expect(convert(1, from, to)).toBeUndefined();
  });

  it('comes back to the same value', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const like = fc.constantFrom('m', '°C', 'W', 'A', 'V', 'Wh', 'Pa', 'ppm', 'm³/h', 's', 'N');
    fc.assert(
      fc.property(value, like, fc.nat(), fc.nat(), (number, name, one, other) => {
        const names = unitsLike(name);
        const from = names[one % names.length] ?? '';
        const to = names[other % names.length] ?? '';
        const there = convert(number, from, to) ?? Number.NaN;
        const back = convert(there, to, from) ?? Number.NaN;
        // 12 digits of the larger of what was added: a temperature in kelvin hides a small one in Celsius.
        const scale = Math.max(Math.abs(number), 1e-6, from === to ? 0 : 1_000);
        expect(Math.abs(back - number) / scale).toBeLessThan(1e-9);
      }),
    );
  });

  it('knows the unit of every metric', () => {
    const used = new Set(
      Object.values(kinds).flatMap((kind) => Object.values(kind.metrics).map((m) => m.unit)),
    );
    used.delete('');
    expect([...used].filter((name) => !isUnit(name))).toEqual([]);
  });
});
