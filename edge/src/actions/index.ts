export { Actions, type ActionsStatus } from './actions.ts';
export type { Publisher } from './command.ts';
export { planActions } from './plan.ts';
