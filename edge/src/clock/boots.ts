import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { mostBoots, writeAtomically } from '../journal/index.ts';

const bootSchema = z.object({
  /** By which the journal names it. */
  index: z.int().min(1).max(mostBoots),
  /** The machine's own name for this start, 32 hex digits. */
  boot: z.string(),
  /** What to add to its milliseconds for UTC epoch milliseconds; null while that is not known. */
  base: z.number().nullable(),
  /** It ended before it knew its time: its readings were placed where they may have been. */
  placed: z.boolean(),
  /** Elapsed when this gateway first kept readings in it, and when it last did, as far as was noted. */
  first: z.number(),
  last: z.number(),
  /** The latest time of any reading before it, UTC epoch milliseconds. */
  after: z.number(),
});
/** A start of the machine of which the gateway did not know the time. */
export type Boot = z.infer<typeof bootSchema>;

const jumpSchema = z.object({
  /** No reading before the jump was given a later time than this, UTC epoch milliseconds. */
  floor: z.number(),
  /** Where it went. */
  to: z.number(),
  boot: z.string(),
  /** What would still be added to that start's milliseconds, had there been no jump. */
  base: z.number(),
});
/** The clock went far forward, and was believed. */
export type Jump = z.infer<typeof jumpSchema>;

const tableSchema = z.object({
  version: z.literal(1),
  boots: z.array(bootSchema),
  /** By what the running start of the machine told its time, while it did. */
  known: z.object({ boot: z.string(), base: z.number() }).nullable(),
  jumps: z.array(jumpSchema),
});
type Table = z.infer<typeof tableSchema>;

/** Their readings have long left the journal. */
const BOOTS_KEPT = 200;
const JUMPS_KEPT = 10;

/** What a gateway must remember of its clock, in one small file that is replaced as a whole. */
export class BootTable {
  readonly #file: string;
  #table: Table = { version: 1, boots: [], known: null, jumps: [] };
  #saving: Promise<void> = Promise.resolve();
  /** Will begin after the one under way, and write what is true then. */
  #waiting: Promise<void> | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** @returns false when there is a file that cannot be read, so nothing is known of earlier starts. */
  async load(): Promise<boolean> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch {
      return true;
    }
    try {
      this.#table = tableSchema.parse(JSON.parse(text));
      return true;
    } catch {
      return false;
    }
  }

  get boots(): readonly Boot[] {
    return this.#table.boots;
  }

  get jumps(): readonly Jump[] {
    return this.#table.jumps;
  }

  get known(): Table['known'] {
    return this.#table.known;
  }

  find(index: number): Boot | undefined {
    return this.#table.boots.find((one) => one.index === index);
  }

  /** A new start, or the one that this process is a restart in. */
  open(boot: string, elapsed: number, after: number): Boot {
    const open = this.#table.boots.find((one) => one.boot === boot && one.base === null);
    if (open !== undefined) return open;
    const index = ((this.#table.boots.at(-1)?.index ?? 0) % mostBoots) + 1;
    const made = { index, boot, base: null, placed: false, first: elapsed, last: elapsed, after };
    const others = this.#table.boots.filter((one) => one.index !== index).slice(-BOOTS_KEPT + 1);
    this.#table = { ...this.#table, boots: [...others, made] };
    return made;
  }

  /** A start that this file has forgotten, though the journal has readings of it: placed behind what is known. */
  adopt(index: number, elapsed: number, after: number): Boot {
    const base = Math.floor(after + 1 - elapsed);
    const found = { index, boot: '', base, placed: true, first: elapsed, last: elapsed, after };
    this.#table = { ...this.#table, boots: [...this.#table.boots, found] };
    return found;
  }

  put(boot: Boot): void {
    const boots = this.#table.boots.map((one) => (one.index === boot.index ? boot : one));
    this.#table = { ...this.#table, boots };
  }

  know(boot: string, base: number): void {
    this.#table = { ...this.#table, known: { boot, base } };
  }

  jumped(jump: Jump): void {
    this.#table = { ...this.#table, jumps: [...this.#table.jumps, jump].slice(-JUMPS_KEPT) };
  }

  /** Forgets jumps that were undone. */
  landed(kept: (jump: Jump) => boolean): void {
    this.#table = { ...this.#table, jumps: this.#table.jumps.filter(kept) };
  }

  /** Durable when it settles. */
  save(): Promise<void> {
    this.#waiting ??= this.#saving
      .catch(() => {})
      .then(() => {
        this.#waiting = null;
        this.#saving = writeAtomically(this.#file, `${JSON.stringify(this.#table)}\n`);
        return this.#saving;
      });
    return this.#waiting;
  }
}
