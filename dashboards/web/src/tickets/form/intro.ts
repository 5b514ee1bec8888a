import type { Ticket } from '@caretaker/cloud/contract';
import type { FormType, Values } from '../forms.ts';

/** What is known already is not asked again. */
export function prefilled(type: FormType, { reporter, severity, team }: Ticket): Values {
  if (type === 'part') return { quantity: 1 };
  if (type === 'triage') return { severity, team: team ?? undefined };
  if (type === 'sign-off' || type === 'consent') return { by: reporter?.name ?? '' };
  if (type === 'follow-up') return { contact: reporter?.contact ?? '' };
  return {};
}

/** What a person should know before they do it: a word of `ticket:intro`; null where the fields say enough. */
export function introOf(type: FormType, { conditionClear, item }: Ticket) {
  const stands = item !== '' && !conditionClear;
  if (type === 'fix') return stands ? 'fixStands' : 'fix';
  if (type === 'cancel' || type === 'reject' || type === 'close')
    return stands ? 'endStands' : null;
  if (type === 'hand-over' || type === 'temporary-measure' || type === 'verify') return type;
  if (type === 'wait' || type === 'arrive' || type === 'follow-up') return type;
  return null;
}
