import type { LocalRulesOptions } from './options.ts';
import { LocalRules } from './rules.ts';

export async function startLocalRules(options: LocalRulesOptions): Promise<LocalRules> {
  const rules = new LocalRules(options);
  await rules.start();
  return rules;
}
