/** A 32-bit key for a name (FNV-1a), so that every asset has its own course of chance. */
export function keyOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** The nth number in [0, 1) of a key: chance that is the same whenever it is asked for. */
export function uniform(key: number, n: number): number {
  let x = (key ^ Math.imul(n | 0, 0x9e3779b1)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** A number in [−1, 1] that wanders with time, turning about once a period. */
export function wander(key: number, time: number, period: number): number {
  const index = Math.floor(time / period);
  const share = (1 - Math.cos(Math.PI * (time / period - index))) / 2;
  const value = uniform(key, index) * (1 - share) + uniform(key, index + 1) * share;
  return value * 2 - 1;
}

/** Rounded as an instrument prints it: there is no −0 on a display. */
export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor + 0;
}
