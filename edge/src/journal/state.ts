import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';
import { isMissing, writeAtomically } from './files.ts';
import { tombstoneSchema } from './tombstone.ts';

/** What the journal lost to damage. */
export interface Loss {
  /** When it was found, UTC epoch milliseconds. */
  readonly at: number;
  /** The journal it was lost from. */
  readonly journal: string;
  readonly reason: string;
  /** Sequence range lost, inclusive; null where it cannot be known. */
  readonly from: number | null;
  readonly to: number | null;
  /** Receipt of the last reading before the range and of the first one behind it; null where there is none. */
  readonly since: number | null;
  readonly until: number | null;
}

const sequence = z.int().nonnegative();

const stateSchema = z.object({
  version: z.literal(1),
  /** 32 hex digits. */
  journal: z.string().regex(/^[0-9a-f]{32}$/),
  /** Per consumer, the last sequence it has finished with. */
  positions: z.record(z.string(), sequence),
  losses: z.array(
    z.object({
      at: z.number(),
      journal: z.string(),
      reason: z.string(),
      from: sequence.nullable(),
      to: sequence.nullable(),
      since: z.number().nullable().default(null),
      until: z.number().nullable().default(null),
    }),
  ),
  /** What was removed to make room, the last thinned last. */
  tombstones: z.array(tombstoneSchema).default([]),
  /** Newest sequence at an orderly stop; null while the journal is open. */
  closedAt: sequence.nullable(),
  /** No unstamped reading was given a later time than this, UTC epoch milliseconds. */
  stampedTo: z.number(),
});

/** The journal's small facts, replaced as a whole; everything big lies in the segments. */
export type State = z.infer<typeof stateSchema>;

/** Losses kept; older ones have been reported long ago. */
const LOSSES_KEPT = 100;

export function newJournalId(): string {
  return randomUUID().replaceAll('-', '');
}

/** @returns the state, `none` when there is no file, `damaged` when it is not what was written. */
export async function readState(file: string): Promise<State | 'none' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return 'none';
    throw error;
  }
  const [line, sum, ...rest] = text.split('\n');
  if (line === undefined || sum !== checksum(line) || rest.join('') !== '') return 'damaged';
  const parsed = stateSchema.safeParse(JSON.parse(line));
  return parsed.success ? parsed.data : 'damaged';
}

export async function writeState(file: string, state: State): Promise<void> {
  const line = JSON.stringify({ ...state, losses: state.losses.slice(-LOSSES_KEPT) });
  await writeAtomically(file, `${line}\n${checksum(line)}\n`);
}

function checksum(line: string): string {
  return crc32(line).toString(16).padStart(8, '0');
}

const MARK_BYTES = 52;
const SLOT_BYTES = 64;

/** How far the journal has said "durable", under which journal, since which start of the machine. */
export interface Mark {
  readonly journal: string;
  readonly boot: string;
  readonly newest: number;
}

/**
 * The mark proves after `kill -9` that a clean-looking end of the journal is the true end: it is written after
 * each sync and before anybody is told, but never synced itself, which would double the cost. So it counts
 * only within one start of the machine, where the page cache keeps it.
 */
export class MarkFile {
  readonly #file: string;
  readonly #boot: string;
  readonly #slot = Buffer.alloc(MARK_BYTES);
  #descriptor: number | null = null;
  #count = 0;

  constructor(file: string, boot: string) {
    this.#file = file;
    this.#boot = boot;
  }

  /** Starts a new file for this journal, durable. */
  create(journal: string, newest: number): void {
    this.close();
    this.#descriptor = openSync(this.#file, 'w');
    this.#slot.write(journal, 0, 16, 'hex');
    this.#slot.write(this.#boot, 16, 16, 'hex');
    this.set(newest);
    this.set(newest);
    fsyncSync(this.#descriptor);
  }

  /**
   * Two slots in turn, so that a write cut short leaves the other. A few bytes into the page cache: cheaper
   * done at once than handed to a thread.
   */
  set(newest: number): void {
    if (this.#descriptor === null) {
      throw new CaretakerError({ code: 'EDGE_JOURNAL_CLOSED', message: 'The journal is closed.' });
    }
    const slot = this.#slot;
    this.#count += 1;
    slot.writeDoubleLE(newest, 32);
    slot.writeDoubleLE(this.#count, 40);
    slot.writeUInt32LE(crc32(slot.subarray(0, 48)), 48);
    writeSync(this.#descriptor, slot, 0, MARK_BYTES, (this.#count % 2) * SLOT_BYTES);
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

/** @returns null when there is no mark, or when any of it is not what was written. */
export async function readMark(file: string): Promise<Mark | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const slots = [0, SLOT_BYTES].map((at) => readSlot(bytes.subarray(at, at + MARK_BYTES)));
  const [one, two] = slots;
  if (!one || !two) return null;
  return one.count > two.count ? one : two;
}

function readSlot(slot: Buffer): (Mark & { count: number }) | null {
  if (slot.length < MARK_BYTES || crc32(slot.subarray(0, 48)) !== slot.readUInt32LE(48))
    return null;
  return {
    journal: slot.toString('hex', 0, 16),
    boot: slot.toString('hex', 16, 32),
    newest: slot.readDoubleLE(32),
    count: slot.readDoubleLE(40),
  };
}

/** Which start of the machine this is, 32 hex digits; random where the system does not say. */
export async function bootId(): Promise<string> {
  try {
    const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return text.trim().replaceAll('-', '');
  } catch (error) {
    if (isMissing(error)) return newJournalId();
    throw error;
  }
}
