export { LocalJudge } from './judge.ts';
export { actsAfterMs, type RulesStatus, rulesConsumer } from './options.ts';
export type { LocalRules } from './rules.ts';
export { loadLocalStandard, nothingLocal, parseLocalStandard } from './standard.ts';
export { startLocalRules } from './start.ts';
