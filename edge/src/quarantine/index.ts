export { type Kept, Quarantine, type Refused } from './quarantine.ts';
