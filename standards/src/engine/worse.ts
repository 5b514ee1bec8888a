import type { Leaf } from '../rules/resolve.ts';

/** Whether a value breaches a rule's first metric by more than another: of shares the greater, of states none. */
export function isWorse(leaf: Leaf | undefined, value: number, than: number): boolean {
  if (leaf !== undefined && leaf.share !== null) return value > than;
  switch (leaf?.comparison) {
    case 'above':
    case 'atLeast':
      return value > than;
    case 'below':
    case 'atMost':
      return value < than;
    case 'outside': {
      const [low, high] = leaf.outside;
      return Math.max(low - value, value - high) > Math.max(low - than, than - high);
    }
    default:
      return false;
  }
}

/** Whether the values of a leaf are more or less bad, so that a step may ask for a size. */
export function hasSize(leaf: Leaf | undefined): boolean {
  if (leaf === undefined) return false;
  return leaf.share !== null || (leaf.comparison !== 'is' && leaf.comparison !== 'changed');
}
