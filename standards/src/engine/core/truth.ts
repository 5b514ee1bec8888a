import { no, yes } from '../kleene.ts';
import type { Expression } from './program.ts';

/** Kleene truth of a condition. @param leaves that of each of its leaves */
export function truthOf(node: Expression, time: number, leaves: Uint8Array): number {
  switch (node.op) {
    case 'leaf':
      return leaves[node.leaf] as number;
    case 'calendar':
      return node.calendar.at(time) ? yes : no;
    case 'not':
      return 2 - truthOf(node.of, time, leaves);
    case 'all': {
      let low: number = yes;
      for (const inner of node.of) low = Math.min(low, truthOf(inner, time, leaves));
      return low;
    }
    case 'any': {
      let high: number = no;
      for (const inner of node.of) high = Math.max(high, truthOf(inner, time, leaves));
      return high;
    }
  }
}
