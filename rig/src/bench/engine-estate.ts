import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Rule, Standard } from '@caretaker/standards';

/* An estate and a standard of any size for the engine bench: assets of one kind, all under the same rules. */

export const minute = 60_000;
export const hour = 60 * minute;
export const gateway = 'gateway-1';
const estateId = 'bench';
const kind = 'bench';
const name = { en: 'bench', zh: '测试' };

/** Which rules watch each point. */
export type Mix = 'threshold' | 'windowed' | 'two-point' | 'catalogue';

/** Every reading is below this unless it is beyond all limits. */
export const calmTop = 60;
export const beyond = 200;

/** With two metrics an asset has two points. */
export function metricsOf(mix: Mix): readonly string[] {
  return mix === 'two-point' || mix === 'catalogue' ? ['value', 'other'] : ['value'];
}

export function pointOf(asset: number, metric: string): string {
  return `${estateId}/asset-${asset}/${metric}`;
}

/** An estate with that many points, each with a silence limit of half an hour. */
export function estateOf(points: number, mix: Mix): Estate {
  const metrics = metricsOf(mix);
  const assets = Array.from({ length: points / metrics.length }, (_, k): Asset => {
    const own = metrics.map(
      (metric): Point => ({
        id: pointOf(k, metric),
        metric,
        cadence: minute,
        silentAfter: 30 * minute,
        history: 'store',
        limits: {},
      }),
    );
    return {
      id: `asset-${k}`,
      estate: estateId,
      name,
      kind,
      touchpoint: 'TP03',
      place: name,
      gateway,
      attributes: {},
      relations: {},
      points: own,
      demo: true,
    };
  });
  return {
    id: estateId,
    name,
    zone: 'Asia/Shanghai',
    location: { latitude: 31.2, longitude: 121.5 },
    gateway,
    calendars: {},
    holidays: [],
    assets,
    mappings: [],
    actions: [],
    demo: true,
  };
}

/** That many rules for each point, each with a limit of its own. */
export function standardOf(rules: number, mix: Mix): Standard {
  const all = Array.from({ length: rules }, (_, k) => ruleOf(k, mix));
  const item = {
    id: 'TP03-01',
    touchpoint: 'TP03',
    group: 'roads',
    name,
    aspect: 'facility',
    check: 'sensor',
    kano: 'must-be',
    team: 'engineering',
    times: [],
    source: 'bench',
    origin: 'ours',
    confirmed: true,
    rules: all,
  } as const;
  return { version: `bench-${mix}-${rules}`, groups: [], touchpoints: [], items: [item] };
}

function ruleOf(k: number, mix: Mix): Rule {
  const limit = 100 + k / 8;
  const clear = limit - 10;
  const value = { metric: 'value', above: limit, clear } as const;
  const other = { metric: 'other', above: limit, clear } as const;
  const windowed = { ...value, over: 'mean', window: hour } as const;
  const clauses = {
    threshold: value,
    windowed,
    'two-point': { all: [value, other] },
    // Of each three: a limit, a mean of an hour, and both points.
    catalogue: [value, windowed, { all: [value, other] }][k % 3] ?? value,
  } as const;
  return {
    id: `rule-${k}`,
    title: name,
    item: 'TP03-01',
    kind,
    when: clauses[mix],
    for: 5 * minute,
    clearFor: 5 * minute,
    severity: 'medium',
    effect: 'degraded',
    latched: false,
    source: 'bench',
    confirmed: true,
  };
}
