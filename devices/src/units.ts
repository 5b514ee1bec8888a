/** What a unit measures, and how much of the first unit of its dimension it is. */
interface Unit {
  readonly dimension: string;
  /** Value in the first unit of the dimension = value × factor + shift. */
  readonly factor: number;
  readonly shift?: number;
}

/** Each unit with the other ways in which devices write it. Capitals count: mW is not MW. */
const dimensions: Readonly<Record<string, readonly (readonly [string, number, number?])[]>> = {
  length: [
    ['m|metre|meter', 1],
    ['mm', 0.001],
    ['cm', 0.01],
    ['km', 1_000],
    ['in|inch', 0.0254],
    ['ft', 0.3048],
  ],
  temperature: [
    ['°C|℃|C|degC|° C|ºC|celsius', 1],
    ['°F|℉|F|degF|° F|ºF|fahrenheit', 5 / 9, -160 / 9],
    ['K', 1, -273.15],
  ],
  power: [
    ['W', 1],
    ['mW', 0.001],
    ['kW', 1_000],
  ],
  energy: [
    ['Wh', 1],
    ['kWh', 1_000],
  ],
  current: [
    ['A', 1],
    ['mA', 0.001],
  ],
  voltage: [
    ['V', 1],
    ['mV', 0.001],
    ['kV', 1_000],
  ],
  pressure: [
    ['Pa', 1],
    ['hPa', 100],
    ['kPa', 1_000],
    ['mbar', 100],
    ['bar', 100_000],
    ['psi', 6_894.757293168],
  ],
  share: [['%|percent|pct|%RH|%rh|% RH|%r.h.', 1]],
  gas: [
    ['ppm', 1],
    ['ppb', 0.001],
  ],
  solution: [['mg/L|mg/l|mg⋅L⁻¹|g/m³', 1]],
  dust: [
    ['µg/m³|μg/m³|ug/m3|µg/m3|μg/m3|ug/m³', 1],
    ['mg/m³|mg/m3', 1_000],
  ],
  light: [
    ['lx|lux', 1],
    ['klx|klux', 1_000],
  ],
  sound: [['dB(A)|dBA|dB A|dB|dba', 1]],
  signal: [['dBm', 1]],
  turbidity: [['NTU', 1]],
  flow: [
    ['m³/h|m3/h', 1],
    ['L/min|l/min', 0.06],
    ['L/s|l/s', 3.6],
    ['L/h|l/h', 0.001],
  ],
  time: [
    ['s|sec', 1],
    ['ms', 0.001],
    ['min', 60],
    ['h', 3_600],
  ],
  force: [
    ['N', 1],
    ['kN', 1_000],
  ],
  angle: [['°|deg', 1]],
};

const units: ReadonlyMap<string, Unit> = new Map(
  Object.entries(dimensions).flatMap(([dimension, list]) =>
    list.flatMap(([names, factor, shift]) =>
      names
        .split('|')
        .map((name): [string, Unit] => [
          name,
          shift === undefined ? { dimension, factor } : { dimension, factor, shift },
        ]),
    ),
  ),
);

/** Spellings in other capitals, where they can mean one unit only: `LUX`, `ntu`, but not `MW`. */
const loose: ReadonlyMap<string, Unit | null> = looseNames();

function looseNames(): Map<string, Unit | null> {
  const found = new Map<string, Unit | null>();
  for (const [name, unit] of units) {
    if (name.length < 2) continue;
    const lower = name.toLowerCase();
    const other = found.get(lower);
    const same = other === undefined || (other?.factor === unit.factor && sameKind(other, unit));
    found.set(lower, same ? unit : null);
  }
  return found;
}

function sameKind(one: Unit, other: Unit): boolean {
  return one.dimension === other.dimension;
}

function unitOf(name: string): Unit | undefined {
  const trimmed = name.trim();
  const exact = units.get(trimmed);
  if (exact !== undefined) return exact;
  // Mega and milli differ by their capital alone.
  if (/^M(w|wh|v|a|pa)$/i.test(trimmed) && trimmed.startsWith('M')) return undefined;
  return loose.get(trimmed.toLowerCase()) ?? undefined;
}

/** Whether this is a unit that values can be converted from. */
export function isUnit(name: string): boolean {
  return unitOf(name) !== undefined;
}

/** Units that can be converted to this one, in their first spelling; none when it is no unit itself. */
export function unitsLike(name: string): readonly string[] {
  const unit = unitOf(name);
  if (unit === undefined) return [];
  return (dimensions[unit.dimension] ?? []).map(([names]) => names.split('|', 1)[0] ?? names);
}

/**
 * The value in another unit, rounded to 12 digits: 0.1 × 3 is 0.3 to anybody who reads it, and the same on
 * every machine.
 * @returns undefined when one of them is no unit, or they do not measure the same.
 */
export function convert(value: number, from: string, to: string): number | undefined {
  const source = unitOf(from);
  const target = unitOf(to);
  if (source === undefined || target === undefined || !sameKind(source, target)) return undefined;
  if (source === target) return value;
  const first = value * source.factor + (source.shift ?? 0);
  return rounded((first - (target.shift ?? 0)) / target.factor);
}

/** To 12 digits; what is not finite stays so and is refused as implausible. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}
