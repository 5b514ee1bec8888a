import type { Leaf } from '../../rules/resolve.ts';

/** Whether a value breaches the limit of a leaf. @param codes expected values of an `is` leaf, encoded. */
export function breaches(leaf: Leaf, codes: ReadonlySet<number>, value: number): boolean {
  switch (leaf.comparison) {
    case 'above':
      return value > leaf.limit;
    case 'atLeast':
      return value >= leaf.limit;
    case 'below':
      return value < leaf.limit;
    case 'atMost':
      return value <= leaf.limit;
    case 'outside':
      return value < leaf.outside[0] || value > leaf.outside[1];
    case 'is':
      return codes.has(value);
    case 'changed':
      return false;
  }
}

/** Whether a value lies beyond the clear limit; without one, whether it does not breach. */
export function cleared(leaf: Leaf, codes: ReadonlySet<number>, value: number): boolean {
  if (leaf.comparison === 'outside' && leaf.clearInside !== null) {
    return value >= leaf.clearInside[0] && value <= leaf.clearInside[1];
  }
  if (leaf.clear === null) return !breaches(leaf, codes, value);
  switch (leaf.comparison) {
    case 'above':
    case 'atLeast':
      return value < leaf.clear;
    case 'below':
    case 'atMost':
      return value > leaf.clear;
    default:
      return !breaches(leaf, codes, value);
  }
}
