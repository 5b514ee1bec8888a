import type { WireMetric } from './sparkplug-payload.ts';

/** What a birth said of one metric. */
export interface Born {
  readonly name: string;
  readonly datatype: number | undefined;
}

/** An edge node since its birth. */
export interface EdgeNode {
  readonly base: string;
  /** `group/node` */
  readonly name: string;
  born: boolean;
  bdSeq: bigint | undefined;
  seq: number | undefined;
  /** Time of the payload that had `seq`, so that the same message again is no gap. */
  at: number | undefined;
  /** What was born under each device, '' for the node itself: by alias and by name. */
  readonly devices: Map<string, ReadonlyMap<bigint | string, Born>>;
  /** Characters kept of its births. */
  cost: number;
  /** When it was last asked for its births. */
  asked: number | undefined;
}

/** Characters of births that are kept; more than a hundred nodes of a thousand metrics have. */
const budget = 8_000_000;
/** A node with more than this is forgotten and asked again, rather than all the others. */
const mostOfOneNode = budget / 2;
/** Beside its name. */
const costOfMetric = 64;
const mostNodes = 1_024;
/** A node is asked this often at most, milliseconds. */
const askEvery = 60_000;

/** Remembers births, within bounds: the node that was silent longest is forgotten first, and asked again. */
export class EdgeNodes {
  readonly #nodes = new Map<string, EdgeNode>();
  readonly #waiting = new Set<EdgeNode>();
  #cost = 0;

  /** @param name `group/node` */
  of(base: string, name: string): EdgeNode {
    const key = `${base}/${name}`;
    const node = this.#nodes.get(key) ?? fresh(base, name);
    this.#nodes.delete(key);
    this.#nodes.set(key, node);
    this.#forgetOldest();
    return node;
  }

  /** A node begins anew: whatever it or its devices said before is void. */
  nodeBorn(node: EdgeNode, metrics: readonly WireMetric[], bdSeq: bigint | undefined): void {
    this.nodeDied(node);
    node.born = true;
    node.bdSeq = bdSeq;
    this.#waiting.delete(node);
    this.deviceBorn(node, '', metrics);
  }

  nodeDied(node: EdgeNode): void {
    node.born = false;
    node.bdSeq = undefined;
    node.seq = undefined;
    node.devices.clear();
    this.#cost -= node.cost;
    node.cost = 0;
  }

  deviceBorn(node: EdgeNode, device: string, metrics: readonly WireMetric[]): void {
    this.deviceDied(node, device);
    const born = new Map<bigint | string, Born>();
    for (const { name, alias, datatype } of metrics) {
      if (name === undefined) continue;
      const metric = { name, datatype };
      born.set(name, metric);
      if (alias !== undefined) born.set(alias, metric);
    }
    node.devices.set(device, born);
    this.#charge(node, costOf(device, born));
    if (node.cost > mostOfOneNode) this.nodeDied(node);
  }

  deviceDied(node: EdgeNode, device: string): void {
    const born = node.devices.get(device);
    if (born === undefined) return;
    node.devices.delete(device);
    this.#charge(node, -costOf(device, born));
  }

  /** The births of a node are missing. */
  ask(node: EdgeNode): void {
    this.#waiting.add(node);
  }

  /** Nodes to be asked now, each at most once a minute. @param now gateway clock, milliseconds */
  asked(now: number): readonly EdgeNode[] {
    if (this.#waiting.size === 0) return none;
    // A clock that was set back may not silence a node for ever.
    const due = [...this.#waiting].filter(
      ({ asked }) => asked === undefined || Math.abs(now - asked) >= askEvery,
    );
    for (const node of due) {
      node.asked = now;
      this.#waiting.delete(node);
    }
    return due;
  }

  #charge(node: EdgeNode, cost: number): void {
    node.cost += cost;
    this.#cost += cost;
    this.#forgetOldest();
  }

  /** Keeps the node that is being read, which is the last. */
  #forgetOldest(): void {
    for (const [key, node] of this.#nodes) {
      const fits = this.#nodes.size <= mostNodes && this.#cost <= budget;
      if (fits || this.#nodes.size === 1) return;
      this.#nodes.delete(key);
      this.#waiting.delete(node);
      this.#cost -= node.cost;
    }
  }
}

function fresh(base: string, name: string): EdgeNode {
  return {
    base,
    name,
    born: false,
    bdSeq: undefined,
    seq: undefined,
    at: undefined,
    devices: new Map(),
    cost: 0,
    asked: undefined,
  };
}

function costOf(device: string, born: ReadonlyMap<bigint | string, Born>): number {
  let cost = device.length + costOfMetric;
  for (const [key, { name }] of born) cost += costOfMetric + (key === name ? name.length : 0);
  return cost;
}

const none: readonly EdgeNode[] = [];
