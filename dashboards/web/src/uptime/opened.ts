import type { Part } from './figures.ts';

/** Which figure is open in the drawer. */
export type Opened =
  | { readonly kind: 'all'; readonly part: Part }
  | { readonly kind: 'group'; readonly id: string; readonly part: Part }
  | { readonly kind: 'asset'; readonly id: string; readonly part: Part };
