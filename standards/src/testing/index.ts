export { loadTests, type RuleTest, readTests, type Survivors, type Tests } from './load.ts';
export { type Mutation, mutate } from './mutate.ts';
export { runRule, runTests, type TestResult, type Untested, untested } from './run.ts';
