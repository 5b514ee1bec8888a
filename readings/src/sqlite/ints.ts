/*
 * Columns of numbers in few bytes: whole numbers as differences from their least, in as many bytes as the widest
 * needs; others as they are. Fixed widths, because going through bytes of varying length takes several times as
 * long.
 */

/** Bytes of one value; 8 are a double of its own. */
type Width = 0 | 1 | 2 | 4 | 8;

const HEAD = 9;

/** What a column takes, and how. */
interface Plan {
  readonly width: Width;
  readonly base: number;
}

/** Most bytes that a column of `n` values takes. */
export function mostBytes(n: number): number {
  return HEAD + 8 * n;
}

/** @returns where the next column begins */
export function putColumn(
  out: Uint8Array,
  at: number,
  values: ArrayLike<number>,
  n: number,
): number {
  const { width, base } = planOf(values, n);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  out[at] = width;
  view.setFloat64(at + 1, base, true);
  let p = at + HEAD;
  for (let i = 0; i < n; i += 1) {
    const value = values[i] as number;
    if (width === 1) out[p] = value - base;
    else if (width === 2) view.setUint16(p, value - base, true);
    else if (width === 4) view.setUint32(p, value - base, true);
    else if (width === 8) view.setFloat64(p, value, true);
    p += width;
  }
  return p;
}

function planOf(values: ArrayLike<number>, n: number): Plan {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let i = 0; i < n; i += 1) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
    if (!Number.isSafeInteger(value)) whole = false;
  }
  if (n === 0) return { width: 0, base: 0 };
  if (least === most) return { width: 0, base: least };
  if (!whole) return { width: 8, base: 0 };
  const range = most - least;
  if (range < 2 ** 8) return { width: 1, base: least };
  if (range < 2 ** 16) return { width: 2, base: least };
  return range < 2 ** 32 ? { width: 4, base: least } : { width: 8, base: 0 };
}

/** Where a column ends that begins at `at`; null when its head is not one or it reaches beyond the bytes. */
export function endOfColumn(bytes: Uint8Array, at: number, n: number): number | null {
  const width = bytes[at];
  if (width !== 0 && width !== 1 && width !== 2 && width !== 4 && width !== 8) return null;
  const end = at + HEAD + width * n;
  return end <= bytes.length ? end : null;
}

/**
 * Reads a column whose end was found before.
 * @param view of the same bytes
 */
export function readColumn(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  n: number,
  into: Float64Array,
): void {
  const width = bytes[at] as Width;
  const base = view.getFloat64(at + 1, true);
  let p = at + HEAD;
  if (width === 0) into.fill(base, 0, n);
  else if (width === 1) {
    for (let i = 0; i < n; i += 1, p += 1) into[i] = base + (bytes[p] as number);
  } else if (width === 2) {
    for (let i = 0; i < n; i += 1, p += 2) into[i] = base + view.getUint16(p, true);
  } else if (width === 4) {
    for (let i = 0; i < n; i += 1, p += 4) into[i] = base + view.getUint32(p, true);
  } else {
    for (let i = 0; i < n; i += 1, p += 8) into[i] = view.getFloat64(p, true);
  }
}
