import { kinds } from '@caretaker/devices/kinds';
import { loadEstate } from '@caretaker/devices/model';
import type { Reading, ReadingValue } from '@caretaker/readings';
import { loadStandard, type Standard } from '@caretaker/standards';
import { createEngine } from '@caretaker/standards/engine';

const name = { en: 'Big estate', zh: '大型园区' };
const described = { name, place: name };
const day = 86_400_000;
const bigEstateId = 'big';
export const bigGateway = 'big-1';

function header(id: string) {
  return {
    id,
    name,
    zone: 'Asia/Shanghai',
    location: { latitude: 31.23, longitude: 121.47 },
    gateway: `${id}-1`,
    calendars: { pool: '06:00-22:00' },
  };
}

/** An estate of a size, and what its devices say. */
export interface BigEstate {
  /** YAML of the estate. */
  readonly file: string;
  /** One reading of every point at about that instant, in the words of a gateway; `round` varies the values. */
  readings(at: number, round: number): Generator<Reading>;
}

interface BigAsset {
  readonly id: string;
  readonly kind: string;
  readonly touchpoint: string;
  readonly points: readonly string[];
}

/**
 * An estate with at least that many points: every kind in turn, each asset with all its metrics, so that every
 * rule of the catalogue that needs no relation watches something.
 */
export function bigEstate(points: number): BigEstate {
  const standard = loadStandard();
  const all = watchedKinds(standard);
  const assets: BigAsset[] = [];
  for (let declared = 0; declared < points; ) {
    const [kind, touchpoint] = all[assets.length % all.length] ?? [];
    if (kind === undefined || touchpoint === undefined) throw new Error('no kind is watched');
    const metrics = Object.keys(kinds[kind]?.metrics ?? {});
    assets.push({ id: `${kind}-${assets.length}`, kind, touchpoint, points: metrics });
    declared += metrics.length;
  }
  const usual = usualValues(standard);
  return {
    file: JSON.stringify({
      ...header(bigEstateId),
      assets: assets.map((asset) => ({ ...described, ...asset })),
    }),
    readings: (at, round) => readingsOf(assets, usual, at, round),
  };
}

/** Kinds that some rule watches, each with a touchpoint that has it. */
export function watchedKinds(standard: Standard): readonly (readonly [string, string])[] {
  const watched = new Map<string, string>();
  for (const item of standard.items.filter((one) => one.touchpoint.startsWith('TP'))) {
    for (const rule of item.rules)
      watched.set(rule.kind, watched.get(rule.kind) ?? item.touchpoint);
  }
  return [...watched].filter(([kind]) => Object.hasOwn(kinds, kind));
}

function* readingsOf(
  assets: readonly BigAsset[],
  usual: ReadonlyMap<string, Usual>,
  at: number,
  round: number,
): Generator<Reading> {
  let index = 0;
  for (const { id, kind, points } of assets) {
    for (const metric of points) {
      index += 1;
      // Every hundredth point crosses a limit, another one in each round.
      const odd = (index * 7 + round) % 100 === 0;
      const values = usual.get(`${kind}/${metric}`) ?? { ok: 0, odd: 0 };
      const value = vary(odd ? values.odd : values.ok, index + round);
      const stamp = at + (index % 30_000);
      const received = at + 30_000;
      yield { point: `${id}/${metric}`, at: stamp, received, value, stamped: true, history: false };
    }
  }
}

/** A number that is never quite the same, as a measured one. */
function vary(value: ReadingValue, seed: number): ReadingValue {
  return typeof value === 'number' ? value + (value / 1_000) * Math.sin(seed) : value;
}

export interface Usual {
  readonly ok: ReadingValue;
  readonly odd: ReadingValue;
}

/** Values of each metric that no rule minds, and one that a rule does where there is any, by `kind/metric`. */
export function usualValues(standard: Standard): Map<string, Usual> {
  const minded = Array.from({ length: tried + 1 }, (_, n) => mindedAt(n, standard));
  const found = new Map<string, Usual>();
  for (const kind of Object.values(kinds)) {
    for (const metric of Object.keys(kind.metrics)) {
      const name = `${kind.id}/${metric}`;
      const value = (minds: boolean) => {
        const n = minded.findIndex((some) => some.has(`alone/${name.replace('/', '_')}`) === minds);
        return candidate(kind.id, metric, Math.max(0, n));
      };
      found.set(name, { ok: value(false), odd: value(true) });
    }
  }
  return found;
}

/** So many values over the range of a number are tried. */
const tried = 24;

function candidate(kind: string, metric: string, n: number): ReadingValue {
  const known = kinds[kind]?.metrics[metric];
  if (known?.type === 'flag') return n % 2 === 1;
  if (known?.type === 'state') return known.states?.[n % known.states.length] ?? '';
  const [low, high] = known?.range ?? [0, 1];
  return low + ((high - low) * n) / tried;
}

/** Subjects on which some rule stands when every metric, each on an asset of its own, says its nth value. */
function mindedAt(n: number, standard: Standard): Set<string> {
  const points = Object.values(kinds).flatMap(({ id, metrics }) =>
    Object.keys(metrics).map((metric) => ({ kind: id, metric, asset: `${id}_${metric}` })),
  );
  const estate = loadEstate(
    JSON.stringify({
      ...header('alone'),
      assets: points.map(({ kind, metric, asset }) => ({
        ...described,
        id: asset,
        kind,
        touchpoint: 'TP03',
        points: [metric],
      })),
    }),
    'alone',
  );
  const engine = createEngine({ standard, estates: [estate], horizon: day });
  for (const at of [0, 1, 2, 3].map((k) => k * 600_000)) {
    const readings = points.map(({ kind, metric, asset }) => {
      const point = `alone/${asset}/${metric}`;
      const value = vary(candidate(kind, metric, n), at);
      return { point, at, received: at, value, stamped: true, history: false };
    });
    engine.accept(readings);
  }
  return new Set(
    engine
      .conditions()
      .filter(({ phase }) => phase !== 'ok' && phase !== 'unknown')
      .map(({ subject }) => subject),
  );
}
