import { parseArgs } from 'node:util';
import type { Side } from './edge-broker.ts';
import { measureFlows, type Wildness, wildness } from './edge-flows.ts';
import { type Ingested, measureIngest, shapes } from './edge-ingest.ts';
import { measurePeer, peerMissing } from './edge-peer.ts';
import { type Memory, measureFlood, measureMemory } from './edge-pressure.ts';
import { measureSustained, partsOf } from './edge-sustained.ts';
import { lineOf, median, printLine } from './lines.ts';

type ShapeName = keyof typeof shapes;
type BenchName = 'edge' | 'ingest';

const targets = { idleMb: 150, loadedMb: 400, floodMs: 50 };
/** What is offered for the figure of memory, times what was measured. */
const overload = 10;

/** Measures the cases and prints a line for each; what one has found another may need. */
class EdgeBench {
  /** Name of the bench on its lines. */
  readonly #name: BenchName;
  readonly #runs: number;
  readonly #json: boolean;
  readonly #rates = new Map<ShapeName, number>();

  constructor(name: BenchName, runs: number, json: boolean) {
    this.#name = name;
    this.#runs = runs;
    this.#json = json;
  }

  /** Durable acknowledgements a second, beside a bare aedes that counts. */
  async ingest(name: ShapeName, listener = false): Promise<void> {
    const results: Record<Side, Ingested[]> = { bare: [], ours: [] };
    for (let round = 0; round < this.#runs; round += 1) {
      for (const side of ['bare', 'ours'] as const) {
        results[side].push(await measureIngest(side, shapes[name], listener));
      }
    }
    const of = (side: Side, pick: (one: Ingested) => number) => median(results[side].map(pick));
    const what = this.#name === 'ingest' ? name : `ingest ${name}`;
    const title = `${what}${listener ? ' with a client on #' : ''}`;
    const pairs = [
      ['readings/s', (one: Ingested) => one.rate],
      ['cpu_us/reading', (one: Ingested) => one.cpuUs],
    ] as const;
    for (const [unit, pick] of pairs) {
      this.#print(title, unit, of('ours', pick), 'bare aedes', of('bare', pick));
    }
    const mb = (side: Side) => Math.round(of(side, (one) => one.rssMb));
    this.#note(`  most memory: ours ${mb('ours')} MB, bare aedes ${mb('bare')} MB`);
    if (listener) {
      const heard = (side: Side) => Math.round(of(side, (one) => one.heardBytes / 1e6));
      this.#note(`  heard by the client: ours ${heard('ours')} MB, bare aedes ${heard('bare')} MB`);
    } else
      this.#rates.set(
        name,
        of('ours', (one) => one.rate),
      );
  }

  /** The same messages counted by Node-RED behind Mosquitto. */
  async nodeRed(): Promise<void> {
    const missing = peerMissing();
    if (missing !== null) {
      this.#skip('ingest 8x200 against Node-RED', missing);
      return;
    }
    const ours: number[] = [];
    const peer: number[] = [];
    for (let round = 0; round < this.#runs; round += 1) {
      peer.push(await measurePeer(shapes['8x200']));
      ours.push((await measureIngest('ours', shapes['8x200'])).rate);
    }
    this.#print('ingest 8x200', 'readings/s', median(ours), 'Node-RED', median(peer));
  }

  /** With everybody who reads the journal, beside the way into it alone. */
  async sustained(): Promise<void> {
    const ours: number[] = [];
    for (let round = 0; round < this.#runs; round += 1) {
      ours.push(await measureSustained(shapes['8x200']));
    }
    const ingest = await this.#rate('8x200');
    this.#print('sustained 8x200', 'readings/s', median(ours), 'ours, ingest only', ingest);
    this.#note(`  sustained with ${partsOf()}, all on this machine`);
  }

  async memory(): Promise<void> {
    const offered = overload * (await this.#rate('1000x1'));
    const results: Memory[] = [];
    for (let round = 0; round < this.#runs; round += 1) results.push(await measureMemory(offered));
    const of = (pick: (one: Memory) => number) => median(results.map(pick));
    this.#print(
      'memory idle',
      'MB',
      of((one) => one.idle),
      'target',
      targets.idleMb,
    );
    const title = `memory at ${overload}x over 1000 connections`;
    this.#print(
      title,
      'MB',
      of((one) => one.loaded),
      'target',
      targets.loadedMb,
    );
    const rates = [of((one) => one.offered), of((one) => one.sent)].map(Math.round);
    this.#note(`  messages a second: ${rates[0]} offered, ${rates[1]} taken from the sender`);
  }

  async flood(): Promise<void> {
    const p95 = { idle: [] as number[], flooded: [] as number[] };
    for (let round = 0; round < this.#runs; round += 1) {
      const { idle, flooded } = await measureFlood();
      p95.idle.push(quantile(idle, 0.95));
      p95.flooded.push(quantile(flooded, 0.95));
    }
    const [idle, flooded] = [median(p95.idle), median(p95.flooded)];
    this.#print('puback p95 of others in a flood', 'ms', flooded, 'idle', idle);
    this.#print('puback p95 of others in a flood', 'ms', flooded, 'target', targets.floodMs);
  }

  /** What flows in Node-RED beside the gateway, which do harm, cost the devices. */
  async flows(): Promise<void> {
    const p95 = new Map<Wildness | 'idle', number[]>();
    for (let round = 0; round < this.#runs; round += 1) {
      for (const what of ['idle', ...wildness] as const) {
        const found = quantile(await measureFlows(what), 0.95);
        p95.set(what, [...(p95.get(what) ?? []), found]);
      }
    }
    const of = (what: Wildness | 'idle') => median(p95.get(what) ?? []);
    for (const what of wildness) {
      const title = `puback p95 beside a ${what} flow`;
      this.#print(title, 'ms', of(what), 'beside idle flows', of('idle'));
    }
  }

  /** Ours, from a case before or measured now. */
  async #rate(name: ShapeName): Promise<number> {
    const known = this.#rates.get(name) ?? (await measureIngest('ours', shapes[name])).rate;
    this.#rates.set(name, known);
    return known;
  }

  #print(title: string, unit: string, ours: number, against: string, peer: number): void {
    printLine(lineOf(this.#name, title, unit, ours, against, peer), this.#json);
  }

  #note(text: string): void {
    if (!this.#json) console.log(text);
  }

  #skip(title: string, why: string): void {
    // Standard output carries lines of JSON and nothing else.
    console.error(`skipped: ${title}: ${why}`);
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const cases = {
  '8x200': (bench: EdgeBench) => bench.ingest('8x200'),
  'node-red': (bench: EdgeBench) => bench.nodeRed(),
  '1000x1': (bench: EdgeBench) => bench.ingest('1000x1'),
  '8x200#': (bench: EdgeBench) => bench.ingest('8x200', true),
  '1000x1#': (bench: EdgeBench) => bench.ingest('1000x1', true),
  sustained: (bench: EdgeBench) => bench.sustained(),
  memory: (bench: EdgeBench) => bench.memory(),
  flood: (bench: EdgeBench) => bench.flood(),
  'node-red-child': (bench: EdgeBench) => bench.flows(),
};

/** `pnpm bench edge [--json] [--runs N] [--only CASE]…` */
export function run(args: string[]): Promise<void> {
  return runCases('edge', args, Object.keys(cases));
}

/** `pnpm bench ingest [--json] [--runs N]`: of these only the way into the journal, both load shapes. */
export function runIngest(args: string[]): Promise<void> {
  return runCases('ingest', args, Object.keys(shapes));
}

async function runCases(name: BenchName, args: string[], all: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: all },
    },
  });
  const bench = new EdgeBench(name, Number(values.runs), values.json);
  for (const asked of values.only) {
    const one = (cases as Record<string, (typeof cases)['8x200']>)[asked];
    if (one === undefined) throw new Error(`no case ${asked}: ${Object.keys(cases).join(', ')}`);
    await one(bench);
  }
}
