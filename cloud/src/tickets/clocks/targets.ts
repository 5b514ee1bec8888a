import {
  type Allowance,
  type EstateClocks,
  readAllowance,
  type TargetedClock,
  targetedClocks,
} from '@caretaker/devices/model';
import type { TicketRow } from '../rows.ts';

/** How long a clock may run, and who says so. */
export interface Target {
  /** As an estate's file has it: `20m`, `4h working`. */
  readonly words: string;
  readonly allowance: Allowance;
  /** Key of the fact it rests on, `ours`, or `estate`. */
  readonly source: string;
  /** False where nobody who answers for it has said so yet. */
  readonly confirmed: boolean;
}

type Severity = 'emergency' | 'high' | 'medium' | 'low';
type Targets = Partial<Record<TargetedClock, Target | null>>;
export type CompletionClass = 'same-day' | 'three-days' | 'one-week';
export type PauseReason = 'parts' | 'no-access' | 'third-party';

function target(words: string, source: string, confirmed = false): Target {
  const allowance = readAllowance(words);
  if (!allowance) throw new TypeError(`"${words}" is no time limit.`);
  return { words, allowance, source, confirmed };
}

/**
 * What holds where an estate says nothing. The figures of emergencies follow T01 and what landlords promise elsewhere;
 * those of routine matters mean "on the next round". A complaint or a wish needs an answer, not a visit.
 */
const bySeverity: Readonly<Record<Severity, Targets>> = {
  emergency: {
    acknowledge: target('5m', 'ours'),
    arrive: target('20m', 'T01'),
    'make-safe': target('2h', 'ours'),
    restore: target('24h', 'ours'),
    'follow-up': target('1d working', 'T04'),
  },
  high: {
    acknowledge: target('15m', 'ours'),
    arrive: target('4h', 'ours'),
    restore: target('1d working', 'ours'),
    'follow-up': target('1d working', 'T04'),
  },
  medium: {
    acknowledge: target('4h working', 'ours'),
    arrive: target('end of next working day', 'ours'),
    restore: target('7d', 'ours'),
    'follow-up': target('1d working', 'T04'),
  },
  low: {
    arrive: target('end of next working day', 'ours'),
    restore: target('7d', 'ours'),
    'follow-up': target('1d working', 'T04'),
  },
};

const noVisit: Targets = { arrive: null, 'make-safe': null, restore: null };
const bySource: Readonly<Record<'report' | 'complaint' | 'wish', Targets>> = {
  report: { answer: target('24h', 'T10') },
  complaint: { ...noVisit, answer: target('24h', 'T11'), complaint: target('48h', 'T11') },
  wish: { ...noVisit, answer: target('24h', 'T10') },
};

const inHome: Targets = { arrive: target('20m', 'T01', true) };

/** People are freed from a lift by those who may, and they come from further away. */
const byItem: Readonly<Record<string, Targets>> = {
  'TP27-S1': { arrive: target('30m', 'TSG T5002 art. 5') },
};

const byClass: Readonly<Record<CompletionClass, Target>> = {
  'same-day': target('end of day', 'T12'),
  'three-days': target('3d', 'T12'),
  'one-week': target('7d', 'T12'),
};

/** What the targets of a ticket depend on, beside its severity. */
export type Kind = Pick<TicketRow, 'source' | 'item'> & { readonly inHome: boolean };

/**
 * The targets of a ticket of that severity. Later ones take the place of earlier ones: of its severity, of its source,
 * of a repair in a home, of its item; within each, what the estate says takes the place of what holds otherwise.
 */
export function targetsOf(
  kind: Kind,
  severity: string,
  own: EstateClocks | undefined,
): ReadonlyMap<TargetedClock, Target> {
  const named = severity as Severity;
  const source = kind.source as keyof typeof bySource;
  const layers = [
    [bySeverity[named], own?.severities?.[named]],
    [bySource[source], own?.sources?.[source]],
    ...(kind.inHome ? ([[inHome, own?.inHome]] as const) : []),
    [byItem[kind.item], own?.items?.[kind.item]],
  ] as const;
  const found = new Map<TargetedClock, Target>();
  for (const clock of targetedClocks) {
    const last = layers
      .map(([usual, said]) => (said?.[clock] === undefined ? usual?.[clock] : saidBy(said[clock])))
      .findLast((one) => one !== undefined);
    if (last) found.set(clock, last);
  }
  return found;
}

function saidBy(words: string): Target | null {
  return words === 'none' ? null : target(words, 'estate', true);
}

/** T12: how long a matter of that class may take; null when the estate has no such limit. */
export function classTarget(name: CompletionClass, own: EstateClocks | undefined): Target | null {
  const said = own?.classes?.[name];
  return said === undefined ? byClass[name] : saidBy(said);
}
