import { type ByteReader, type ByteWriter, malformed } from './bytes.ts';
import { frameError } from './faults.ts';
import type { Gap } from './frame.ts';

/*
 * Gaps as a column behind the readings: their number, then for each the distance of its index from the one
 * before and the sequences removed. Nothing at all is written for none, so that a frame of a journal that was
 * never thinned is the same to the byte as it was before there were gaps.
 */

/**
 * @param readings of the frame
 * @throws CaretakerError `READINGS_FRAME_VALUE` for gaps that are not in order or remove nothing
 */
export function writeGaps(out: ByteWriter, gaps: readonly Gap[], readings: number): void {
  if (gaps.length === 0) return;
  out.reserve(9 + gaps.length * 18);
  out.varint(gaps.length);
  let before = 0;
  for (const [i, { index, removed }] of gaps.entries()) {
    const inOrder = Number.isInteger(index) && index <= readings && index >= before + (i && 1);
    if (!inOrder || !Number.isSafeInteger(removed) || removed < 1) {
      throw frameError('READINGS_FRAME_VALUE', `${removed} sequences at ${index} are no gap`);
    }
    out.varint(index - before);
    out.varint(removed);
    before = index;
  }
}

/**
 * @returns null when the frame ends here
 * @throws CaretakerError `READINGS_FRAME_MALFORMED` on anything that `writeGaps` would not have written
 */
export function readGaps(input: ByteReader, readings: number): Gap[] | null {
  if (input.remaining() === 0) return null;
  const count = input.varint();
  if (count === 0 || count > readings + 1) throw malformed(`${count} gaps in ${readings} readings`);
  const gaps: Gap[] = [];
  let index = 0;
  for (let i = 0; i < count; i += 1) {
    const step = input.varint();
    const removed = input.varint();
    index += step;
    if ((i > 0 && step === 0) || index > readings || removed < 1) throw malformed('no such gap');
    gaps.push({ index, removed });
  }
  return gaps;
}
