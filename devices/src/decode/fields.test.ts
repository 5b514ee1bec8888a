import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldMapping } from '../model/index.ts';
import { convert, unitsLike } from '../units.ts';
import { readBody, readersOf, type Sink } from './fields.ts';
import { targetsOf } from './target.ts';

const point = (metric: string) => ({
  ...{ id: `yard/it/${metric}`, metric, cadence: null, silentAfter: null },
  ...{ history: 'store' as const, limits: {} },
});
const text = { en: 'It', zh: 'It' };
const targets = targetsOf({
  ...{ id: 'it', estate: 'yard', name: text, kind: 'bin', touchpoint: 'TP23', place: text },
  ...{ gateway: 'yard-1', attributes: {}, relations: {}, demo: true },
  points: ['distance_cm', 'fill_pct', 'temp_c', 'tilt'].map(point),
});

/** What the fields make of a body: values by metric, or the codes of its faults. */
function read(body: Readonly<Record<string, unknown>>, ...fields: FieldMapping[]) {
  const sink: Sink = { found: [], faults: [] };
  const around = { where: 't', at: null, historic: false, onlyFacts: false, trace: undefined };
  readBody(body, readersOf(fields, targets), around, sink);
  if (sink.faults.length > 0) return sink.faults.map(({ code }) => code);
  return Object.fromEntries(sink.found.map(({ point, value }) => [point.split('/')[1], value]));
}

describe('a number with a unit', () => {
  const field = (more: Partial<FieldMapping>): FieldMapping => ({
    ...{ path: 'd', metric: 'distance_cm' },
    ...more,
  });

  it.each<[raw: unknown, more: Partial<FieldMapping>, expected: unknown]>([
    [259, {}, 259],
    [2590, { unit: 'mm' }, 259],
    ['2590', { unit: 'mm' }, 259],
    // What comes with the value is believed before what the mapping says.
    ['2590 mm', {}, 259],
    ['2.59 m', { unit: 'mm' }, 259],
    [{ value: 2590, unit: 'mm' }, {}, 259],
    [{ value: 2.59, unit: 'm' }, { unit: 'mm' }, 259],
    [{ displayName: 'Distance', value: 259 }, {}, 259],
    // Offset and scale speak of the metric's unit, after the conversion.
    [2590, { unit: 'mm', offset: -9 }, 250],
    ['2590 mm', { unit: 'cm', scale: 2 }, 518],
    // A scale alone speaks of the bare number.
    ['2590 mm', { scale: 0.1 }, 259],
    ['2590 units', { unit: 'mm' }, 259],
    ['2590 units', { scale: 0.1 }, 259],
    ['2590 units', {}, 'DECODE_UNIT_UNKNOWN'],
    ['2590 °C', { unit: 'mm' }, 'DECODE_UNIT_UNKNOWN'],
    [{ value: 2590, unit: 'kg' }, {}, 'DECODE_UNIT_UNKNOWN'],
    [{ value: 'far', unit: 'mm' }, {}, 'DECODE_WRONG_TYPE'],
    [{ value: { value: 3 } }, {}, 'DECODE_WRONG_TYPE'],
    ['12,5', {}, 'DECODE_WRONG_TYPE'],
    ['0 mm', { sentinels: [0] }, undefined],
    [{ value: 0, unit: 'mm' }, { sentinels: [0] }, undefined],
    ['-', { sentinels: ['-'] }, undefined],
    [null, {}, undefined],
  ])('%j as %j', (raw, more, expected) => {
    const result = read({ d: raw }, field(more));
    expect(Array.isArray(result) ? result[0] : result.distance_cm).toBe(expected);
  });

  it('is the same whichever unit it comes in', () => {
    const centimetres = fc.integer({ min: 2, max: 999 });
    fc.assert(
      fc.property(centimetres, fc.constantFrom(...unitsLike('cm')), (value, unit) => {
        const said = convert(value, 'cm', unit);
        const result = read({ d: `${said} ${unit}` }, field({})) as Record<string, number>;
        expect(Math.abs((result.distance_cm ?? Number.NaN) - value)).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('a field', () => {
  it('takes the first that is there, though it is no measurement', () => {
    const fields = [
      { path: 'new', metric: 'temp_c', sentinels: [-99] },
      { path: 'old', metric: 'temp_c' },
    ];
    expect(read({ new: 20, old: 30 }, ...fields)).toEqual({ temp_c: 20 });
    expect(read({ new: null, old: 30 }, ...fields)).toEqual({ temp_c: 30 });
    expect(read({ new: -99, old: 30 }, ...fields)).toEqual({});
  });

  it('is true when any of its paths says so', () => {
    const field = {
      ...{ path: 'x', or: ['y', 'deep.z'], metric: 'tilt' },
      words: { trigger: true, normal: false },
    };
    expect(read({ x: 'normal', y: 'trigger' }, field)).toEqual({ tilt: true });
    expect(read({ x: 'normal', y: 'normal' }, field)).toEqual({ tilt: false });
    expect(read({ deep: { z: 'trigger' } }, field)).toEqual({ tilt: true });
    expect(read({ x: 'askew', y: 'normal' }, field)).toEqual(['DECODE_WRONG_TYPE']);
    expect(read({ a: 'trigger' }, field)).toEqual({});
  });

  it('is found by its whole name before its steps', () => {
    const field = { path: 'a.b', metric: 'temp_c' };
    expect(read({ 'a.b': 1, a: { b: 2 } }, field)).toEqual({ temp_c: 1 });
    expect(read({ a: { b: 2 } }, field)).toEqual({ temp_c: 2 });
    expect(read({ a: [0, 7] }, { path: 'a.1', metric: 'temp_c' })).toEqual({ temp_c: 7 });
    expect(read({}, { path: 'constructor.name', metric: 'temp_c' })).toEqual({});
  });
});
