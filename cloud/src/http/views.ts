import { kinds } from '@caretaker/devices/kinds';
import type { Asset as Declared, Point as DeclaredPoint } from '@caretaker/devices/model';
import { factOf, limitsOf, notWatched, rulesFor, sentenceOf } from '@caretaker/standards';
import type { Condition as Judged } from '@caretaker/standards/engine';
import type { Asset, AssetDetail, Condition, Point } from '../contract/index.ts';
import { phaseOf } from '../live/state.ts';
import type { Api } from './api.ts';

const noText = { en: '', zh: '' };

export function assetView(api: Api, asset: Declared): Asset {
  const { groups, touchpoints } = api.inForce.standard;
  const touchpoint = touchpoints.find((t) => t.id === asset.touchpoint);
  return {
    id: `${asset.estate}/${asset.id}`,
    estate: asset.estate,
    asset: asset.id,
    name: asset.name,
    kind: asset.kind,
    kindLabel: kinds[asset.kind]?.label ?? noText,
    touchpoint: asset.touchpoint,
    group: touchpoint?.group ?? groups.at(-1)?.id ?? 'services',
    place: asset.place,
    gateway: asset.gateway,
    demo: asset.demo,
    state: api.board.state(asset),
  };
}

/** Every point of an asset, as now. */
export function pointViews(api: Api, asset: Declared): Point[] {
  const conditions = api.board.conditions(asset);
  return asset.points.map((point) => pointView(api, asset, point, conditions));
}

function pointView(
  api: Api,
  asset: Declared,
  point: DeclaredPoint,
  conditions: readonly Judged[],
): Point {
  const metric = kinds[asset.kind]?.metrics[point.metric];
  const newest = api.board.newest(point.id);
  return {
    id: point.id,
    estate: asset.estate,
    asset: `${asset.estate}/${asset.id}`,
    metric: point.metric,
    label: metric?.label ?? { en: point.metric, zh: point.metric },
    type: metric?.type ?? 'number',
    unit: metric?.unit ?? '',
    value: newest?.value ?? null,
    at: newest?.at ?? null,
    received: newest?.received ?? null,
    ...api.board.pointState(asset, point, conditions),
    silentAfter: point.silentAfter,
    watched: conditions.some((c) => c.effect !== 'unknown' && c.points.includes(point.id)),
    limits: limitsOf(
      api.inForce.standard,
      api.inForce.asset(asset),
      point.id,
      api.inForce.related(asset.estate),
    ),
  };
}

export function detailView(api: Api, declared: Declared): AssetDetail {
  const { standard } = api.inForce;
  const asset = api.inForce.asset(declared);
  const related = api.inForce.related(asset.estate);
  const sentences = new Map(
    rulesFor(standard, asset, related).map((rule) => [rule.id, sentenceOf(rule, asset)]),
  );
  const planned = api.overlay.shownOn(`${asset.estate}/${asset.id}`) !== null;
  const conditions = api.board.conditions(asset).map(
    (c): Condition => ({
      ...c,
      phase: phaseOf(c),
      title: api.inForce.titleOf(c.rule),
      sentence: sentences.get(c.rule) ?? factOf(c, standard, asset, related),
      points: [...c.points],
      planned,
    }),
  );
  return {
    ...assetView(api, asset),
    detail: {
      points: pointViews(api, asset),
      conditions,
      notWatched: notWatched(standard, asset, related),
    },
  };
}
