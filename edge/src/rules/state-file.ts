import { readFile } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { isMissing, writeAtomically } from '../journal/files.ts';
import type { Breach } from './breaches.ts';
import type { JudgeState } from './judge.ts';

/** What local rules keep over a restart; it and the journal behind its position are the whole state. */
export interface RulesState {
  readonly version: 1;
  readonly journal: string;
  /** The last sequence that is in it. */
  readonly position: number;
  readonly judge: JudgeState;
  readonly breaches: readonly Breach[];
}

const HEAD_BYTES = 8;
const magic = Buffer.from('CTRL');

/** @returns null when there is none, or none that is whole: then judging begins anew */
export async function readRulesState(file: string): Promise<RulesState | 'damaged' | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const body = bytes.subarray(HEAD_BYTES);
  const whole =
    bytes.length > HEAD_BYTES &&
    bytes.subarray(0, 4).equals(magic) &&
    bytes.readUInt32LE(4) === crc32(body);
  if (!whole) return 'damaged';
  const state = deserialize(body) as RulesState;
  return state.version === 1 ? state : 'damaged';
}

export async function writeRulesState(file: string, state: RulesState): Promise<void> {
  const body = serialize(state);
  const head = Buffer.alloc(HEAD_BYTES);
  magic.copy(head);
  head.writeUInt32LE(crc32(body), 4);
  await writeAtomically(file, Buffer.concat([head, body]));
}
