import type { Asset } from '@caretaker/devices/model';
import type { Text } from '@caretaker/readings/base';
import { endOf } from '@caretaker/standards/overlay';
import type { Kpi, KpiStretches } from '../contract/index.ts';
import { pause } from '../host/pause.ts';
import type { Api } from '../http/api.ts';
import { decidingPoints, knownFrom } from './deciding.ts';
import { addTimes, byWorst, type Outage, type Uptime, uptime } from './uptime.ts';

interface Window {
  readonly from: number;
  readonly to: number;
}

/** Assets between two turns of the event loop. */
const chunk = 50;

/** Uptime of an estate's assets and of their groups, worst first. */
export async function loadKpi(api: Api, estate: string, window: Window): Promise<Kpi> {
  const declared = api.directory.estates.get(estate)?.assets ?? [];
  const spans = await api.store.spans(declared.flatMap((a) => a.points.map((p) => p.id)));
  const outages = await loadOutages(api, { estate }, window);
  const entries: { asset: Asset; group: string; uptime: Uptime }[] = [];
  for (const [index, asset] of declared.entries()) {
    if (index % chunk === 0) await pause();
    const own = outages.get(`${estate}/${asset.id}`) ?? [];
    entries.push({ asset, group: groupOf(api, asset), uptime: of(api, asset, own, spans, window) });
  }
  const groups = api.inForce.standard.groups
    .map(({ id, name }) => summed(id, name, entries))
    .filter((group) => group.assets > 0);
  const assets = entries.map(({ asset, group, uptime: { time, failures } }) => ({
    asset: `${estate}/${asset.id}`,
    name: asset.name,
    touchpoint: asset.touchpoint,
    group,
    time,
    failures,
  }));
  return {
    estate,
    ...window,
    all: addTimes(assets.map((a) => a.time)),
    groups: groups.sort(
      byWorst(
        (g) => g.time,
        (g) => g.group,
      ),
    ),
    assets: assets.sort(
      byWorst(
        (a) => a.time,
        (a) => a.asset,
      ),
    ),
  };
}

/** What one asset's figure is made of. */
export async function loadStretches(api: Api, asset: Asset, window: Window): Promise<KpiStretches> {
  const subject = `${asset.estate}/${asset.id}`;
  const spans = await api.store.spans(asset.points.map((p) => p.id));
  const outages = await loadOutages(api, { subject }, window);
  const { time, stretches } = of(api, asset, outages.get(subject) ?? [], spans, window);
  return { asset: subject, ...window, time, stretches: [...stretches] };
}

type Spans = Awaited<ReturnType<Api['store']['spans']>>;
interface Loaded extends Outage {
  /** Metric whose silence this is; null for any other rule. */
  readonly silent: string | null;
}

function of(
  api: Api,
  asset: Asset,
  outages: readonly Loaded[],
  spans: Spans,
  { from, to }: Window,
): Uptime {
  const down = api.board.conditions(asset).filter((c) => c.effect === 'down');
  const deciding = decidingPoints(asset, new Set(down.flatMap((c) => c.points)));
  const metrics = new Set(deciding.map((point) => point.slice(point.lastIndexOf('/') + 1)));
  const now = api.clock.now();
  return uptime({
    from,
    to,
    now,
    knownFrom: knownFrom(asset, deciding, spans),
    knownTo: Math.min(now, api.registry.completeTo(asset.gateway) ?? 0),
    planned: api.overlay
      .plansOf(`${asset.estate}/${asset.id}`)
      .map((plan) => ({ from: plan.from, to: endOf(plan), reason: plan.reason })),
    outages: outages.filter(({ silent }) => silent === null || metrics.has(silent)),
  });
}

async function loadOutages(
  api: Api,
  of: { readonly estate: string } | { readonly subject: string },
  { from, to }: Window,
): Promise<Map<string, Loaded[]>> {
  const rows = await api.database.read
    .selectFrom('episodes')
    .select(['id', 'subject', 'rule', 'onset', 'ended', 'effect', 'why'])
    .where('state', '=', 'standing')
    .where('effect', '!=', 'none')
    .where('onset', '<', to)
    .where((eb) => eb.or([eb('ended', 'is', null), eb('ended', '>', from)]))
    .$call((query) =>
      'estate' in of
        ? query.where('estate', '=', of.estate)
        : query.where('subject', '=', of.subject),
    )
    .orderBy('onset')
    .execute();
  const bySubject = new Map<string, Loaded[]>();
  for (const { id, subject, rule, onset, ended: end, effect, why } of rows) {
    const silent = rule.startsWith('silence:') ? rule.slice('silence:'.length) : null;
    const list = bySubject.get(subject) ?? [];
    bySubject.set(subject, list);
    const kind = effect as Outage['effect'];
    list.push({ id, onset, end, effect: kind, why: JSON.parse(why), silent });
  }
  return bySubject;
}

function groupOf(api: Api, asset: Asset): string {
  const touchpoint = api.inForce.standard.touchpoints.find((t) => t.id === asset.touchpoint);
  return touchpoint?.group ?? api.inForce.standard.groups.at(-1)?.id ?? '';
}

function summed(
  group: string,
  name: Text,
  entries: readonly { readonly group: string; readonly uptime: Uptime }[],
): Kpi['groups'][number] {
  const own = entries.filter((entry) => entry.group === group);
  return {
    group,
    name,
    assets: own.length,
    time: addTimes(own.map((entry) => entry.uptime.time)),
    failures: own.reduce((sum, entry) => sum + entry.uptime.failures, 0),
  };
}
