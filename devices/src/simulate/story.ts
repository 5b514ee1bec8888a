import type { Asset, Estate } from '../model/index.ts';
import { type Incident, Incidents } from './incident.ts';
import { type Device, type Model, models, type Said, type Values } from './models/index.ts';
import { keyOf } from './noise.ts';
import { createScene, type Scene } from './scene.ts';

/** One message of one device. */
export interface Message {
  readonly at: number;
  readonly asset: Asset;
  readonly values: Values;
}

/** A use of a gate that began up to this long ago may still be under way. */
const lookBack = 2 * 3_600_000;

/** Everything the devices of an estate say, as a pure function of the seed, the time and what was injected. */
export class Story {
  readonly incidents: Incidents;
  private readonly scene: Scene;
  private readonly cast: readonly { asset: Asset; model: Model; key: number }[];

  constructor(estate: Estate, seed: number) {
    this.scene = createScene(estate);
    this.incidents = new Incidents(estate, this.scene, seed);
    this.cast = estate.assets.flatMap((asset) => {
      const model = models[asset.kind];
      const key = keyOf(`${seed}/${asset.id}`);
      return model === undefined || !asset.demo ? [] : [{ asset, model, key }];
    });
  }

  /**
   * Messages with from ≤ at < to in order of time.
   * @param pace `past` reports states less often: what a device keeps while nobody listens.
   */
  messages(from: number, to: number, pace: 'live' | 'past'): Message[] {
    const incidents = this.incidents.between(from - lookBack, to);
    const messages = this.cast.flatMap(({ asset, model, key }) => {
      const device = this.device(asset, key, incidents);
      const said = this.said(device, model, from, to, model.pace[pace]);
      return said.flatMap((s) => declared(asset, s));
    });
    return messages.sort((a, b) => a.at - b.at);
  }

  /** What every device reports of itself at one instant; as when it has just been switched on. */
  snapshot(time: number): Message[] {
    const incidents = this.incidents.between(time - lookBack, time);
    return this.cast.flatMap(({ asset, model, key }) => {
      const device = this.device(asset, key, incidents);
      if (device.fault(time)?.fault === 'device-silent') return [];
      return declared(asset, { at: time, values: model.sample(device, time) });
    });
  }

  private device(asset: Asset, key: number, incidents: readonly Incident[]): Device {
    const faults = incidents.filter((incident) => incident.asset === asset.id);
    return {
      asset,
      key,
      scene: this.scene,
      faults,
      fault: (time) => faults.findLast((i) => i.from <= time && time < i.to),
    };
  }

  /** States at fixed intervals and whenever a fault comes or goes, and events when they happen. */
  private said(device: Device, model: Model, from: number, to: number, period: number): Said[] {
    const times = new Set<number>();
    const phase = device.key % period;
    const first = from + ((phase - from) % period);
    for (let at = first < from ? first + period : first; at < to; at += period) times.add(at);
    for (const edge of device.faults.flatMap((i) => [i.from, i.to])) {
      if (from <= edge && edge < to) times.add(edge);
    }
    const states = [...times].map((at) => ({ at, values: model.sample(device, at) }));
    return [...states, ...model.events(device, from, to)].filter(
      (said) => device.fault(said.at)?.fault !== 'device-silent',
    );
  }
}

/** Only what the estate declares of the asset; nothing when that is nothing. */
function declared(asset: Asset, { at, values }: Said): Message[] {
  const known = asset.points.flatMap(({ metric }) => {
    const value = values[metric];
    return value === undefined ? [] : [[metric, value] as const];
  });
  return known.length === 0 ? [] : [{ at, asset, values: Object.fromEntries(known) }];
}
