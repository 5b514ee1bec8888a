export {
  actsAfterMs,
  type LocalRules,
  type RulesStatus,
  rulesConsumer,
  startLocalRules,
} from './rules.ts';
export { loadLocalStandard } from './standard.ts';
