export { type Effect, type Phase, type Severity, severities, type Verdict } from './severity.ts';
