export { Actions, type ActionsStatus } from './actions.ts';
export { planActions } from './plan.ts';
