import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from './files.ts';
import { emptySegment, encodeHead, type Segment, segmentFile, segmentHead } from './segment.ts';

/**
 * Each write is also its fdatasync (POSIX O_DSYNC): one trip to a thread for a group instead of two. On a
 * busy event loop it is the trips that make a group wait.
 */
const DURABLE_WRITES =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_DSYNC;

/** The file that is being written; `segment` says how much of it is durable. */
export class ActiveSegment {
  readonly segment: Segment;
  readonly #handle: FileHandle;
  #named = false;

  private constructor(segment: Segment, handle: FileHandle) {
    this.segment = segment;
    this.#handle = handle;
  }

  /** Makes the file anew: nothing durable ever lies at or after `first` when this is called. */
  static async create(directory: string, journal: string, first: number): Promise<ActiveSegment> {
    const file = segmentFile(directory, first);
    const handle = await open(file, DURABLE_WRITES, 0o644);
    try {
      await handle.write(encodeHead(journal, first), 0, segmentHead, 0);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new ActiveSegment(emptySegment(file, first), handle);
  }

  /**
   * Writes records durably behind what is durable already; the caller then says in `segment` that they are.
   * When it throws, the file must not be written again: what a failed sync left behind is unknown.
   */
  async write(records: Buffer): Promise<void> {
    const { segment } = this;
    let written = 0;
    while (written < records.length) {
      const { bytesWritten } = await this.#handle.write(
        records,
        written,
        records.length - written,
        segment.end + written,
      );
      written += bytesWritten;
    }
    if (!this.#named) {
      await syncDirectory(path.dirname(segment.file));
      this.#named = true;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
