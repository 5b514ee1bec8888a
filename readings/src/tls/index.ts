export { type Exposure, readExposure } from './exposure.ts';
export { createListener, httpOptions } from './listener.ts';
export { ownNames } from './names.ts';
export type { TlsSettings } from './settings.ts';
export { openTls, type Tls } from './tls.ts';
export { connectTls, readTrust, type Trust } from './trust.ts';
