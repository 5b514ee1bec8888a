export { Quarantine } from './quarantine.ts';
