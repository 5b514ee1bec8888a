import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { fedTicketSchema } from '@caretaker/readings/uplink';
import { z } from 'zod';
import { writeAtomically } from '../journal/index.ts';

const keptSchema = z.object({
  version: z.literal(1),
  /** Up to where `values` go. */
  place: z.object({ journal: z.string(), position: z.int() }),
  /** Of whom was told. */
  estate: z.string(),
  assets: z.array(z.string()),
  values: z.array(
    z.tuple([z.string(), z.union([z.number(), z.string(), z.boolean()]), z.number(), z.number()]),
  ),
  tickets: z.array(fedTicketSchema),
  /** Discovery topics that were announced, with the parts of each by the component that they are. */
  announced: z.record(z.string(), z.record(z.string(), z.string())),
});

/** What events go on from after a restart. */
export type Kept = z.infer<typeof keptSchema>;

/** @returns null when there is none, or none that can be used: everything in it comes again in time */
export async function readKept(file: string): Promise<Kept | null> {
  try {
    const [line = '', sum] = (await readFile(file, 'utf8')).split('\n');
    if (sum !== checksum(line)) return null;
    return keptSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

export async function writeKept(file: string, kept: Kept): Promise<void> {
  const line = JSON.stringify(kept);
  await writeAtomically(file, `${line}\n${checksum(line)}\n`);
}

function checksum(line: string): string {
  return crc32(line).toString(16);
}
