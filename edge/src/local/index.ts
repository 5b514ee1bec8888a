export { LocalAdministrator, LocalWaitError } from './administrator.ts';
export type { SessionRow } from './database.ts';
export { bears, figuresToken } from './figures-token.ts';
