import type { AssetState, Phase, Severity } from '@caretaker/cloud/contract';

/** What a state looks like: each has one silhouette, one word and one colour. */
export type Mark = Severity | 'pending' | 'clearing' | 'unknown' | 'planned' | 'ok';

/** Worst first. Silence ranks under every breach and above health: it is never health. */
export const marksWorstFirst = [
  'emergency',
  'high',
  'medium',
  'low',
  'advice',
  'clearing',
  'pending',
  'unknown',
  'planned',
  'ok',
] as const satisfies readonly Mark[];

/** 0 is the worst. */
export function rankOf(mark: Mark): number {
  return marksWorstFirst.indexOf(mark);
}

interface Judged {
  readonly verdict: AssetState['verdict'];
  readonly phase: Phase;
  readonly severity: Severity | null;
  /** Planned work is under way; what is wrong meanwhile shows all the same. */
  readonly planned?: unknown;
}

/** The mark of an asset, a point or a condition. A breach of unstated severity shows as medium. */
export function markOf(state: Judged): Mark {
  switch (state.phase) {
    case 'breach':
      return state.severity ?? 'medium';
    case 'clearing':
      return 'clearing';
    case 'pending':
      return 'pending';
    case 'unknown':
      return 'unknown';
    case 'ok':
      if (state.verdict === 'unknown') return 'unknown';
      return state.planned ? 'planned' : 'ok';
  }
}

/** Whether a mark asks for attention; such assets are shown with their fact, the others in one line. */
export function isAbnormal(mark: Mark): boolean {
  return mark !== 'ok' && mark !== 'planned';
}
