export { examine, verdictOf } from './doctor.ts';
export type { Finding } from './finding.ts';
