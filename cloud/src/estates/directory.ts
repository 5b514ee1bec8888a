import { type Asset, describeSeries, type Estate, type Point } from '@caretaker/devices/model';
import type { DescribePoint } from '@caretaker/readings';
import { CaretakerError, type Text } from '@caretaker/readings/base';

/** The subject under which a gateway itself has episodes and tickets. */
export function gatewaySubject(estate: string, gateway: string): string {
  return `${estate}/gateway:${gateway}`;
}

interface Held {
  readonly estates: ReadonlyMap<string, Estate>;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly points: ReadonlyMap<string, { readonly point: Point; readonly asset: Asset }>;
  readonly describe: DescribePoint;
  readonly gateways: ReadonlyMap<string, string>;
}

/**
 * What exists, looked up by the names that readings, episodes and people use. An estate that has changed takes the
 * place of its former self: whoever holds one of these maps for longer than a moment holds the past.
 */
export class Directory {
  #held: Held;

  /** @throws CaretakerError `CLOUD_GATEWAY_TWICE` when two estates name the same gateway */
  constructor(estates: readonly Estate[]) {
    this.#held = heldOf(estates);
  }

  get estates(): Held['estates'] {
    return this.#held.estates;
  }

  /** By `estate/asset`. */
  get assets(): Held['assets'] {
    return this.#held.assets;
  }

  /** By `estate/asset/metric`. */
  get points(): Held['points'] {
    return this.#held.points;
  }

  /** Gateway to estate. */
  get gateways(): Held['gateways'] {
    return this.#held.gateways;
  }

  /** Series of a declared point, by the same id; always as it is declared now. */
  readonly describe: DescribePoint = (point) => this.#held.describe(point);

  /**
   * Puts an estate that has changed in the place of its former self.
   * @throws CaretakerError `CLOUD_GATEWAY_TWICE`
   */
  replace(estate: Estate): void {
    const estates = [...this.estates.values()];
    this.#held = heldOf(estates.map((one) => (one.id === estate.id ? estate : one)));
  }

  /** By what the clocks of an estate's tickets run; by UTC where there is no such estate any more. */
  readonly timeOf = (estate: string): Pick<Estate, 'zone' | 'holidays' | 'clocks'> =>
    this.estates.get(estate) ?? { zone: 'UTC', holidays: [] };

  gatewaysOf(estate: string): string[] {
    return [...this.gateways].filter(([, owner]) => owner === estate).map(([gateway]) => gateway);
  }

  /** What a subject is called; its own id when it is no longer declared. */
  nameOf(subject: string): { readonly name: Text; readonly demo: boolean } {
    const asset = this.assets.get(subject);
    if (asset !== undefined) return { name: asset.name, demo: asset.demo };
    const [estate = '', rest = ''] = subject.split('/');
    const demo = this.estates.get(estate)?.demo ?? false;
    if (!rest.startsWith('gateway:')) return { name: { en: rest, zh: rest }, demo };
    const id = rest.slice('gateway:'.length);
    return { name: { en: `Gateway ${id}`, zh: `网关 ${id}` }, demo };
  }
}

function heldOf(estates: readonly Estate[]): Held {
  const assets = estates.flatMap((estate) => estate.assets);
  return {
    estates: new Map(estates.map((estate) => [estate.id, estate])),
    assets: new Map(assets.map((asset) => [`${asset.estate}/${asset.id}`, asset])),
    points: new Map(
      assets.flatMap((asset) => asset.points.map((point) => [point.id, { point, asset }])),
    ),
    describe: describeSeries(estates),
    gateways: gatewaysOf(estates),
  };
}

function gatewaysOf(estates: readonly Estate[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const estate of estates) {
    const ids = new Set([estate.gateway, ...estate.assets.map((asset) => asset.gateway)]);
    for (const id of ids) {
      const owner = owners.get(id);
      if (owner !== undefined && owner !== estate.id) {
        throw new CaretakerError({
          code: 'CLOUD_GATEWAY_TWICE',
          message: `The estates ${owner} and ${estate.id} both name the gateway ${id}.`,
          next: 'Give every gateway an id of its own.',
        });
      }
      owners.set(id, estate.id);
    }
  }
  return owners;
}
