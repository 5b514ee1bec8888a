export { Quarantine, type Refused } from './quarantine.ts';
