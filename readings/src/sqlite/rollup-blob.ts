import { crc32 } from 'node:zlib';
import type { HourRollup, NumberRollup } from '../store/rollup.ts';
import { damaged } from './hour-blob.ts';

/*
 * u32 CRC-32 of all that follows, u8 kind, then for numbers: u32 n, three u32 offsets in the hour (of least, most
 * and last), five doubles (least, most, last, sum, power); for states JSON.
 */

const NUMBER = 0;
const STATE = 1;
const NUMBER_BYTES = 61;

export function encodeRollup(rollup: HourRollup): Uint8Array {
  if (rollup.type === 'number') return sealed(numberBytes(rollup));
  const { n, counts, last, lastAt, hour } = rollup;
  const text = JSON.stringify({ n, counts: [...counts], last, lastAt: lastAt - hour });
  const said = new TextEncoder().encode(text);
  const bytes = new Uint8Array(5 + said.length);
  bytes[4] = STATE;
  bytes.set(said, 5);
  return sealed(bytes);
}

function numberBytes(rollup: NumberRollup): Uint8Array {
  const { hour, n, min, minAt, max, maxAt, last, lastAt, sum, power } = rollup;
  const bytes = new Uint8Array(NUMBER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[4] = NUMBER;
  view.setUint32(5, n, true);
  for (const [i, at] of [minAt, maxAt, lastAt].entries()) {
    view.setUint32(9 + 4 * i, at - hour, true);
  }
  for (const [i, value] of [min, max, last, sum, power].entries()) {
    view.setFloat64(21 + 8 * i, value, true);
  }
  return bytes;
}

function sealed(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

/**
 * @param hour its beginning
 * @throws CaretakerError `READINGS_STORE_DAMAGED`.
 */
export function decodeRollup(hour: number, bytes: Uint8Array): HourRollup {
  if (bytes.length < 5) throw damaged(hour, 'its summary is too short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc32(bytes.subarray(4)) !== view.getUint32(0, true)) {
    throw damaged(hour, 'the checksum of its summary differs');
  }
  if (bytes[4] === STATE) {
    const said = JSON.parse(new TextDecoder().decode(bytes.subarray(5)));
    const { n, counts, last, lastAt } = said;
    return { type: 'state', hour, n, counts: new Map(counts), last, lastAt: hour + lastAt };
  }
  const at = (place: number) => hour + view.getUint32(place, true);
  const value = (place: number) => view.getFloat64(place, true);
  return {
    type: 'number',
    hour,
    n: view.getUint32(5, true),
    min: value(21),
    minAt: at(9),
    max: value(29),
    maxAt: at(13),
    last: value(37),
    lastAt: at(17),
    sum: value(45),
    power: value(53),
  };
}
