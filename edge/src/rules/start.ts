import type { Standard } from '@caretaker/standards';
import type { LocalRulesOptions } from './options.ts';
import { LocalRules } from './rules.ts';

/** @param options without a standard that can be used nothing is judged, and null is returned */
export async function startLocalRules({
  standard,
  ...options
}: Omit<LocalRulesOptions, 'standard'> & {
  readonly standard: Standard | null;
}): Promise<LocalRules | null> {
  if (standard === null) return null;
  const rules = new LocalRules({ ...options, standard });
  await rules.start();
  return rules;
}
