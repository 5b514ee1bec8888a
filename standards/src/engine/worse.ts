import type { Leaf } from '../rules/resolve.ts';

/** Whether a value breaches a rule's first metric by more than another; of states none is worse. */
export function isWorse(leaf: Leaf | undefined, value: number, than: number): boolean {
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
