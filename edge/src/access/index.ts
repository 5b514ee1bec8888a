export { Access, type AccessOptions, isDropped, type Refusal, type Refusals } from './access.ts';
export { allowAnonymous, isLoopback } from './anonymous.ts';
export type { Credential, Holder } from './credential.ts';
export { isFilter, isTopic, matches } from './filters.ts';
export { LastUse } from './last-use.ts';
export { OwnCredential } from './own.ts';
export { eventsRoot, isBetweenFlows, prefixOf } from './rights.ts';
export { CredentialStore, type Issued } from './store.ts';
