import type { Envelope, Family, Opening } from '../envelope.ts';
import { Refusal } from '../refusal.ts';
import { below, malformed, presence } from './parts.ts';
import { type EdgeNode, EdgeNodes } from './sparkplug-nodes.ts';
import {
  readPayload,
  rebirthCommand,
  type WireMetric,
  type WirePayload,
} from './sparkplug-payload.ts';
import { untyped, valueIn } from './sparkplug-value.ts';

interface Place {
  /** `group/node` */
  readonly node: string;
  readonly type: string;
  /** '' for the node itself. */
  readonly device: string;
}

const types: ReadonlySet<string> = new Set([
  ...['NBIRTH', 'NDATA', 'NDEATH', 'NCMD'],
  ...['DBIRTH', 'DDATA', 'DDEATH', 'DCMD'],
]);
const bdSeqName = 'bdSeq';

/**
 * Sparkplug B: `<base>/<group>/<type>/<edge node>[/<device>]`. A device is named `group/node/device`, a node
 * `group/node`; paths are the names of metrics. Births are remembered, because data may come with aliases only;
 * a node whose births are missing is asked for them.
 */
export const sparkplug: Family = {
  format: 'sparkplug',
  defaultBases: ['spBv1.0'],
  claims(topic, base) {
    const rest = below(topic, base);
    return rest !== undefined && (rest.startsWith('STATE/') || placeOf(rest) !== undefined);
  },
  create() {
    const nodes = new EdgeNodes();
    return {
      open(topic, payload, base) {
        const place = placeOf(below(topic, base) ?? '');
        // STATE is what hosts say, NCMD and DCMD what they command.
        if (place === undefined || place.type.endsWith('CMD')) return [];
        if (payload.length === 0) return [];
        const message = readPayload(payload);
        if (message instanceof Refusal) return message;
        return open(place, message, nodes.of(base, place.node), nodes);
      },
      requests(now) {
        return nodes.asked(now).map(({ base, name }) => ({
          topic: `${base}/${name.replace('/', '/NCMD/')}`,
          payload: rebirthCommand(now),
        }));
      },
    };
  },
};

function placeOf(rest: string): Place | undefined {
  const [group = '', type = '', node = '', device, ...more] = rest.split('/', 6);
  const ofDevice = type.startsWith('D');
  const whole = group !== '' && node !== '' && more.length === 0 && types.has(type);
  if (!whole || (device === undefined) === ofDevice || device === '') return undefined;
  return { node: `${group}/${node}`, type, device: device ?? '' };
}

function open(place: Place, message: WirePayload, node: EdgeNode, nodes: EdgeNodes): Opening {
  const name = nameOf(place);
  switch (place.type) {
    case 'NBIRTH':
      nodes.nodeBorn(node, message.metrics, bdSeqOf(message));
      node.seq = message.seq;
      node.at = message.at;
      return [presence(name, true), ...read(place, message, node, nodes).envelopes];
    case 'DBIRTH':
      follow(node, message, nodes);
      nodes.deviceBorn(node, place.device, message.metrics);
      return [presence(name, true), ...read(place, message, node, nodes).envelopes];
    case 'NDEATH':
      return nodeDied(node, message, nodes);
    case 'DDEATH':
      follow(node, message, nodes);
      nodes.deviceDied(node, place.device);
      return [presence(name, false)];
    default:
      follow(node, message, nodes);
      return orUnborn(read(place, message, node, nodes), name);
  }
}

function nameOf({ node, device }: Place): string {
  return device === '' ? node : `${node}/${device}`;
}

/** A will of a session before the present one says nothing of this one. */
function nodeDied(node: EdgeNode, message: WirePayload, nodes: EdgeNodes): Opening {
  const bdSeq = bdSeqOf(message);
  if (node.bdSeq !== undefined && bdSeq !== undefined && bdSeq !== node.bdSeq) return [];
  const devices = [...node.devices.keys()].filter((device) => device !== '');
  nodes.nodeDied(node);
  return [node.name, ...devices.map((device) => `${node.name}/${device}`)].map((name) =>
    presence(name, false),
  );
}

function bdSeqOf({ metrics }: WirePayload): bigint | undefined {
  const value = metrics.find((metric) => metric.name === bdSeqName)?.value;
  return typeof value === 'bigint' ? value : undefined;
}

/** Notes the place of a message in its node's stream; after a gap, a birth may be among what is missing. */
function follow(node: EdgeNode, { seq, at }: WirePayload, nodes: EdgeNodes): void {
  if (seq === undefined) return;
  const again = seq === node.seq && at === node.at;
  const next = node.seq === undefined || seq === (node.seq + 1) % 256;
  if (!node.born || !(again || next)) nodes.ask(node);
  node.seq = seq;
  node.at = at;
}

interface Read {
  /** One for each time. */
  readonly envelopes: readonly Envelope[];
  /** Whether a metric was there that no birth has explained. */
  readonly unborn: boolean;
}

function read(place: Place, message: WirePayload, node: EdgeNode, nodes: EdgeNodes): Read {
  let unborn = false;
  const born = node.devices.get(place.device);
  const times = new Times();
  for (const metric of message.metrics) {
    const known = born?.get(metric.name ?? metric.alias ?? '');
    const name = metric.name ?? known?.name;
    const value = valueIn(metric, metric.datatype ?? known?.datatype);
    if (name === undefined || value === untyped) {
      unborn = true;
      continue;
    }
    if (value === undefined || isControl(name)) continue;
    const at = metric.at ?? message.at ?? null;
    times.of(at, metric.historical).push([name, withUnit(value, metric)]);
  }
  if (unborn) nodes.ask(node);
  return { envelopes: times.envelopes(nameOf(place)), unborn };
}

type Values = [name: string, value: unknown][];

/** The metrics of a message by their time, records of the past before what is news. */
class Times {
  readonly #present = new Map<number | null, Values>();
  readonly #past = new Map<number | null, Values>();

  of(at: number | null, historic: boolean): Values {
    const times = historic ? this.#past : this.#present;
    const known = times.get(at);
    if (known !== undefined) return known;
    const values: Values = [];
    times.set(at, values);
    return values;
  }

  envelopes(device: string): Envelope[] {
    const of = (times: ReadonlyMap<number | null, Values>, historic: boolean) =>
      [...times].map(
        ([at, values]): Envelope => ({
          ...{ device, about: 'values', body: Object.fromEntries(values), at, historic },
        }),
      );
    return [...of(this.#past, true), ...of(this.#present, false)];
  }
}

function withUnit(value: number | string | boolean | null, { unit }: WireMetric): unknown {
  return unit === undefined || typeof value !== 'number' ? value : { value, unit };
}

/** What a node offers to be told, not what it measures. */
function isControl(name: string): boolean {
  return (
    name === bdSeqName || name.startsWith('Node Control/') || name.startsWith('Device Control/')
  );
}

/** Nothing of the message could be read: it is put aside, and the births that were asked for say it again. */
function orUnborn({ envelopes, unborn }: Read, device: string): Opening {
  if (envelopes.length > 0) return envelopes;
  if (!unborn) return [{ device, about: 'sign', body: {}, at: null }];
  return malformed(
    'No birth has named the metrics of this message',
    'its edge node is asked for a rebirth, which says the present values again',
  );
}
